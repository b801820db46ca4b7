#pragma once
// The bare mathematics: did this key sign these bytes? Knows nothing of formats. Encodings by key
// (signature-formats 1.4): ECDSA as DER (RFC 3279 2.2.3) or as r and s side by side, SM2 as DER, RSA with
// PKCS #1 v1.5 or PSS padding, Ed25519 over the message or, as cosign signs envelopes too, over its SHA-512
// (Ed25519ph): RFC 8032 keeps the two apart. Pure and safe on any thread.

#include "policy/image/digest.h"
#include "policy/signature/public_key.h"

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// The hash with which this key signed the message; nothing where it did not sign it.
[[nodiscard]] std::optional<hash_algorithm> signed_with(
    const public_key& key,
    std::string_view message,
    std::string_view signature
);

/// The same where only the digest of the message is at hand. Requires: can_verify_digest().
[[nodiscard]] std::optional<hash_algorithm> signed_with(
    const public_key& key,
    const digest& message,
    std::string_view signature
);

/// The digest as a hash function gives it.
[[nodiscard]] std::string raw_bytes(const digest& of);

/// ECDSA and RSA sign a digest; Ed25519 and SM2 mix the key into it and need the message.
[[nodiscard]] bool can_verify_digest(key_type type) noexcept;

} // namespace gatehouse::policy
