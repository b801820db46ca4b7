#pragma once
// The armour around a public key (RFC 7468): exactly one block, text only before it, lines ended by LF
// or CRLF. What people paste by mistake (private keys, certificates) is told by its label, and never
// shown. Pure and safe on any thread.

#include "policy/result.h"

#include <string>
#include <string_view>

namespace gatehouse::policy {

struct pem_block {
    std::string label; ///< "PUBLIC KEY" or "RSA PUBLIC KEY"
    std::string der;
};

/// Error: malformed, for the person who wrote the policy.
[[nodiscard]] result<pem_block> read_public_key_block(std::string_view pem);

} // namespace gatehouse::policy
