#pragma once
// Owners of the OpenSSL objects that keys and signatures need, and the end of its error queue: a check
// that fails leaves errors on the thread, which the next caller must not find. One thread per object,
// but a key may be read by many.

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

namespace gatehouse::policy {

template <auto Free>
struct openssl_free {
    template <class Object>
    void operator()(Object* object) const noexcept {
        Free(object);
    }
};

using bignum_ptr = std::unique_ptr<BIGNUM, openssl_free<BN_free>>;
using ecdsa_signature_ptr = std::unique_ptr<ECDSA_SIG, openssl_free<ECDSA_SIG_free>>;
using key_context_ptr = std::unique_ptr<EVP_PKEY_CTX, openssl_free<EVP_PKEY_CTX_free>>;
using message_context_ptr = std::unique_ptr<EVP_MD_CTX, openssl_free<EVP_MD_CTX_free>>;

/// Empties this thread's error queue at the end of its scope.
class openssl_errors_dropped {
  public:
    openssl_errors_dropped() = default;
    openssl_errors_dropped(const openssl_errors_dropped&) = delete;
    openssl_errors_dropped& operator=(const openssl_errors_dropped&) = delete;
    ~openssl_errors_dropped() { ERR_clear_error(); }
};

} // namespace gatehouse::policy
