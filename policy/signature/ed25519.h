#pragma once
// The two things about Ed25519 that OpenSSL 3.0 cannot do and libsodium can: the prehashed form
// (Ed25519ph of RFC 8032 5.1, without a context, as cosign signs) and telling a key that anybody can sign
// for. Pure and safe on any thread.

#include <string_view>

namespace gatehouse::policy {

inline constexpr std::size_t ed25519_key_size = 32;
inline constexpr std::size_t ed25519_signature_size = 64;

/// True where `key` lies on the curve, in the group of prime order, in its one encoding: a point of
/// small order makes signatures that hold for every message.
[[nodiscard]] bool is_sound_ed25519_key(std::string_view key);

/// Requires: the sizes above.
[[nodiscard]] bool verify_ed25519ph(
    std::string_view key,
    std::string_view message,
    std::string_view signature
);

} // namespace gatehouse::policy
