#pragma once
// Certificates and keys between PEM and OpenSSL's objects. Errors name the text they stand in. Pure.

#include "policy/result.h"
#include "server/openssl.h"

#include <string>
#include <vector>

namespace gatehouse::server {

/// The text of a PEM file and the name it has in messages.
struct pem_text {
    std::string name;
    std::string text;
};

/// All of them, in order; at least one. Error: malformed.
[[nodiscard]] policy::result<std::vector<certificate_ptr>> read_certificates(const pem_text& file);

/// One without a passphrase. Error: malformed.
[[nodiscard]] policy::result<key_ptr> read_key(const pem_text& file);

} // namespace gatehouse::server
