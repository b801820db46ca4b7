#pragma once
// Owners of the two OpenSSL objects that the load generator uses.

#include <openssl/ssl.h>

#include <memory>

namespace gatehouse::bench {

struct openssl_free {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* connection) const noexcept { SSL_free(connection); }
};

using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, openssl_free>;
using ssl_ptr = std::unique_ptr<SSL, openssl_free>;

} // namespace gatehouse::bench
