#pragma once
// A public key that signatures are checked with: PEM to key, and what it may be used for. Shared
// between threads, immutable. Formats and hashes: signature-formats 1.4; SM2 with SM3 and the
// user id 1234567812345678 as in GB/T 32918 and GM/T 0009.

#include "policy/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace gatehouse::policy {

enum class hash_algorithm : std::uint8_t { sha256, sha384, sha512, sm3 };

/// "sha256", "sha384", "sha512", "sm3": as in a policy's `hashAlgorithm`.
[[nodiscard]] std::string_view name_of(hash_algorithm hash) noexcept;

enum class key_type : std::uint8_t { ecdsa_p256, ecdsa_p384, ecdsa_p521, rsa, ed25519, sm2 };

class public_key {
  public:
    /// From one PEM block `PUBLIC KEY` (or a PKCS#1 body under that armour, as cloud key services
    /// write it). `pinned` is the only hash to be accepted; without it the key's usual ones are.
    /// Error: malformed, with words for the person who wrote the policy: a private key (never
    /// echoed), a certificate, several blocks, trailing text, RSA below 2048 bits, an unsupported
    /// algorithm or curve, a pinned hash that does not go with the key.
    [[nodiscard]] static result<std::shared_ptr<const public_key>> parse(
        std::string_view pem,
        std::optional<hash_algorithm> pinned
    );

    public_key(const public_key&) = delete;
    public_key& operator=(const public_key&) = delete;

    [[nodiscard]] key_type type() const noexcept { return type_; }
    /// What signatures may have been made with, in the order in which they are tried; never empty.
    [[nodiscard]] const std::vector<hash_algorithm>& hashes() const noexcept { return hashes_; }
    /// Hex of SHA-256 over the SubjectPublicKeyInfo: the same key is the same wherever it stands.
    [[nodiscard]] const std::string& fingerprint() const noexcept { return fingerprint_; }
    /// fingerprint and hashes: two keys with this in common verify the same signatures.
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] evp_pkey_st* handle() const noexcept { return handle_.get(); }

  private:
    struct free_key {
        void operator()(evp_pkey_st* key) const noexcept;
    };
    public_key() = default;

    std::unique_ptr<evp_pkey_st, free_key> handle_;
    key_type type_ = key_type::ecdsa_p256;
    std::vector<hash_algorithm> hashes_;
    std::string fingerprint_;
    std::string id_;
};

} // namespace gatehouse::policy
