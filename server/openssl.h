#pragma once
// Owners of OpenSSL's objects and the one translation of its error queue. Every caller that sees a call
// fail takes the text at once, so that no old error is told for a new one. One thread per object.

#include "policy/signature/openssl_ptr.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace gatehouse::server {

using policy::openssl_free;

using bio_ptr = std::unique_ptr<BIO, openssl_free<BIO_free_all>>;
using certificate_ptr = std::unique_ptr<X509, openssl_free<X509_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, openssl_free<X509_EXTENSION_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, openssl_free<EVP_PKEY_free>>;
using ssl_ptr = std::unique_ptr<SSL, openssl_free<SSL_free>>;
using ssl_context_ptr = std::unique_ptr<SSL_CTX, openssl_free<SSL_CTX_free>>;

/// Empties this thread's error queue and returns the reason of its oldest error, in OpenSSL's words.
[[nodiscard]] inline std::string take_openssl_error() {
    const unsigned long oldest = ERR_get_error();
    ERR_clear_error();
    const char* reason = oldest == 0 ? nullptr : ERR_reason_error_string(oldest);
    return reason == nullptr ? "unknown error" : reason;
}

} // namespace gatehouse::server
