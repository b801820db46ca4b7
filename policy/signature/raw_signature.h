#pragma once
// The bare mathematics: did this key sign these bytes? Knows nothing of formats. Encodings by key
// (signature-formats 1.4): ECDSA as DER (RFC 3279 2.2.3) or as r and s side by side, SM2 as DER, RSA with
// PKCS #1 v1.5 or PSS padding, Ed25519 as RFC 8032 writes it. Pure and safe on any thread.

#include "policy/image/digest.h"
#include "policy/signature/public_key.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// Which of the two forms of RFC 8032 may have been used. Other keys have one form only.
enum class ed25519_form : std::uint8_t {
    pure,   ///< over the message itself: statements in envelopes
    either, ///< or over its SHA-512, as cosign does with everything else since 3.0
};

/// The hash with which this key signed the message; nothing where it did not sign it.
[[nodiscard]] std::optional<hash_algorithm> signed_with(
    const public_key& key,
    std::string_view message,
    std::string_view signature,
    ed25519_form form
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
