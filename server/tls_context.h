#pragma once
// The TLS side of the webhook as a value: certificate chain, key and the CA of callers, read from PEM
// into an OpenSSL context that never changes once made, so a reload swaps the whole of it. TLS 1.2 and
// 1.3, forward-secret AEAD ciphers, HTTP/1.1 by ALPN, no tickets, no renegotiation: API servers do not
// resume sessions. Making one needs no file and no clock; share it freely between threads.

#include "server/certificates/pem.h"
#include "server/clock.h"
#include "server/openssl.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {

/// Where a serving pair lies on disk.
struct tls_files {
    std::string certificate;
    std::string key;
    bool operator==(const tls_files&) const = default;
};

struct tls_material {
    pem_text certificate; ///< the leaf first, then what leads to the CA
    pem_text key;         ///< without a passphrase
    std::optional<pem_text> client_ca;
};

class tls_context {
  public:
    tls_context(ssl_context_ptr context, wall_time not_before, wall_time not_after)
        : context_(std::move(context)), not_before_(not_before), not_after_(not_after) {}
    tls_context(const tls_context&) = delete;
    tls_context& operator=(const tls_context&) = delete;

    /// For SSL_new, which only counts a reference.
    [[nodiscard]] SSL_CTX* native() const noexcept { return context_.get(); }
    /// The leaf's validity.
    [[nodiscard]] wall_time not_before() const noexcept { return not_before_; }
    [[nodiscard]] wall_time not_after() const noexcept { return not_after_; }

  private:
    ssl_context_ptr context_;
    wall_time not_before_;
    wall_time not_after_;
};

struct made_tls_context {
    std::shared_ptr<const tls_context> context; ///< null where there are errors
    std::vector<std::string> errors;            ///< `file: what is wrong`, all of them
};

[[nodiscard]] made_tls_context make_tls_context(const tls_material& from);

} // namespace gatehouse::server
