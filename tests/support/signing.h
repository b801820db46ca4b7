#pragma once
// Keys made while a test runs, and what they sign: the other side of policy/signature. Signatures are
// raw bytes; formats around them are the tests' own.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace gatehouse::testing_support {

struct signing_options {
    const char* hash = nullptr; ///< OpenSSL's name; null is the one that goes with the key
    bool pss = false;           ///< RSA: PSS instead of PKCS #1 v1.5
    bool halves = false;        ///< ECDSA: r and s side by side instead of DER
    bool prehashed = false;     ///< Ed25519ph instead of Ed25519
};

struct rsa_numbers {
    unsigned int bits = 2048;
    bool is_odd = true;
    unsigned long exponent = 65537;
};

class signing_key {
  public:
    /// A curve as OpenSSL names it ("P-256", "secp256k1", "SM2"), "ED25519", "X25519", "DSA",
    /// "RSA:2048", or "explicit P-256" (curve parameters instead of the name).
    explicit signing_key(std::string_view kind);
    /// The Ed25519 key with this seed.
    static signing_key ed25519_of(std::string_view seed);
    /// The key of a PEM `PRIVATE KEY`.
    static signing_key of_pem(std::string_view pem);
    /// A public half alone, with a modulus of so many bits: 2^(bits - 1), plus one where it is odd.
    static signing_key rsa_of(const rsa_numbers& numbers);

    /// PEM `PUBLIC KEY`.
    [[nodiscard]] std::string public_pem() const;
    /// PKCS #1 RSAPublicKey, as DER.
    [[nodiscard]] std::string pkcs1() const;
    /// PEM `PRIVATE KEY`.
    [[nodiscard]] std::string private_pem() const;
    [[nodiscard]] std::string sign(std::string_view message, const signing_options& how = {}) const;

  private:
    explicit signing_key(evp_pkey_st* key);

    std::shared_ptr<evp_pkey_st> key_;
};

/// One key of this kind for the whole run: RSA keys take long to make.
[[nodiscard]] const signing_key& shared_key(std::string_view kind);

/// Padded, standard alphabet.
[[nodiscard]] std::string base64(std::string_view bytes);

/// A PEM block of this label, with lines of 64 characters.
[[nodiscard]] std::string pem_block(std::string_view label, std::string_view der);

} // namespace gatehouse::testing_support
