#pragma once
// What certificates are put together from, for those who make some: self_signed and issue. Each function
// throws std::runtime_error where OpenSSL cannot: a bug, or no memory. Pure but for the serial's chance.

#include "server/clock.h"
#include "server/openssl.h"

#include <chrono>
#include <string>

namespace gatehouse::server {

/// Throws unless `is_done`.
void must(bool is_done);

/// Version 3, a serial by chance, valid from `from` to `until`, with that public key.
[[nodiscard]] certificate_ptr begin_certificate(EVP_PKEY* key, wall_time from, wall_time until);
/// Adds CN, where the text fits into one (64 characters, RFC 5280 appendix A.1).
void add_common_name(X509_NAME* to, const std::string& text);
/// `what` as a NID, `value` as OpenSSL's configuration writes it.
void add_extension(X509* certificate, X509* issuer, int what, const char* value);
[[nodiscard]] key_ptr new_p256_key();

[[nodiscard]] std::string pem_of(X509* certificate);
[[nodiscard]] std::string pem_of(EVP_PKEY* key);
[[nodiscard]] wall_time time_of(const ASN1_TIME* when);

} // namespace gatehouse::server
