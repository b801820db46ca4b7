#include "policy/signature/public_key.h"

#include "policy/image/digest.h"
#include "policy/signature/ed25519.h"
#include "policy/signature/openssl_ptr.h"
#include "policy/signature/pem.h"
#include "policy/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/core_names.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace gatehouse::policy {
namespace {

constexpr int smallest_rsa = 2048;
// Checking a signature takes time with the square of this; 8,192 bits take half a millisecond.
constexpr int largest_rsa = 8192;

struct key_kind {
    key_type type;
    std::string_view name;             ///< with its article
    std::vector<hash_algorithm> usual; ///< in the order in which they are tried
    std::vector<hash_algorithm> possible_pins;
};

error refused(std::string why) { return {errc::malformed, std::move(why)}; }

std::vector<hash_algorithm> sha2() {
    return {hash_algorithm::sha256, hash_algorithm::sha384, hash_algorithm::sha512};
}

key_kind kind_of(key_type type) {
    using enum hash_algorithm;
    switch (type) {
    case key_type::ecdsa_p256:
        return {type, "an ECDSA P-256", {sha256}, sha2()};
    case key_type::ecdsa_p384: // cosign up to 3.1 signs with SHA-256 whatever the curve
        return {type, "an ECDSA P-384", {sha384, sha256}, sha2()};
    case key_type::ecdsa_p521:
        return {type, "an ECDSA P-521", {sha512, sha256}, sha2()};
    case key_type::rsa:
        return {type, "an RSA", {sha256}, sha2()};
    case key_type::ed25519: // RFC 8032 knows no other
        return {type, "an Ed25519", {sha512}, {sha512}};
    case key_type::sm2:
        return {type, "an SM2", {sm3}, {sm3}};
    }
    throw std::logic_error("a key_type without a kind");
}

result<key_type> curve_of(EVP_PKEY* key) {
    int is_explicit = 0;
    // Parameters that are written out may be another curve under a known name's public key.
    if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit)
            != 1
        || is_explicit != 0) {
        return refused("writes its curve out: give a key with a named curve");
    }
    std::array<char, 64> buffer{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, buffer.data(), buffer.size(), &size) != 1) {
        return refused("has a curve without a name; ECDSA keys must be P-256, P-384 or P-521");
    }
    const std::string_view name(buffer.data(), size);
    if (name == "prime256v1") {
        return key_type::ecdsa_p256;
    }
    if (name == "secp384r1") {
        return key_type::ecdsa_p384;
    }
    if (name == "secp521r1") {
        return key_type::ecdsa_p521;
    }
    return refused(fmt::format(
        "is a key on the curve {}; ECDSA keys must be P-256, P-384 or P-521", plain_or_quoted(name)
    ));
}

result<key_type> check_rsa(EVP_PKEY* key) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < smallest_rsa) {
        return refused(fmt::format("is an RSA key of {} bits; at least 2048 are needed", bits));
    }
    if (bits > largest_rsa) {
        return refused(fmt::format("is an RSA key of {} bits; at most 8192 are supported", bits));
    }
    return key_type::rsa;
}

std::string raw_public_key(EVP_PKEY* key) {
    std::array<unsigned char, ed25519_key_size> raw{};
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1) {
        return {};
    }
    return {reinterpret_cast<const char*>(raw.data()), size};
}

result<key_type> type_of(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "SM2") == 1) {
        return key_type::sm2;
    }
    if (EVP_PKEY_is_a(key, "EC") == 1) {
        return curve_of(key);
    }
    if (EVP_PKEY_is_a(key, "RSA") == 1) {
        return check_rsa(key);
    }
    if (EVP_PKEY_is_a(key, "ED25519") == 1) {
        return key_type::ed25519;
    }
    const char* const name = EVP_PKEY_get0_type_name(key);
    return refused(fmt::format(
        "is a key of an unsupported algorithm ({}); ECDSA, RSA, Ed25519 and SM2 keys can be used",
        plain_or_quoted(name == nullptr ? "unknown" : name)
    ));
}

bignum_ptr number_of(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    const bool is_there = EVP_PKEY_get_bn_param(key, name, &number) == 1;
    return bignum_ptr(is_there ? number : nullptr);
}

/// With an exponent of 1 every text is its own signature; 31 bits are what Go reads, and so cosign.
/// OpenSSL's own check tries the modulus with random numbers: it would refuse a bad one at some loads of
/// a policy and take it at others.
bool is_sound_rsa_key(EVP_PKEY* key) {
    const bignum_ptr modulus = number_of(key, OSSL_PKEY_PARAM_RSA_N);
    const bignum_ptr exponent = number_of(key, OSSL_PKEY_PARAM_RSA_E);
    return modulus != nullptr && exponent != nullptr && BN_is_odd(modulus.get()) == 1
           && BN_is_odd(exponent.get()) == 1 && BN_is_one(exponent.get()) == 0
           && BN_num_bits(exponent.get()) <= 31;
}

bool is_sound(EVP_PKEY* key, key_type type) {
    if (type == key_type::ed25519) {
        return is_sound_ed25519_key(raw_public_key(key));
    }
    if (type == key_type::rsa) {
        return is_sound_rsa_key(key);
    }
    const key_context_ptr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return context != nullptr && EVP_PKEY_public_check(context.get()) == 1;
}

/// Either of OpenSSL's two ways to write a public key.
std::string encoded(EVP_PKEY* key, int (*encode)(const EVP_PKEY*, unsigned char**)) {
    unsigned char* out = nullptr;
    const int size = encode(key, &out);
    if (size <= 0) {
        return {};
    }
    std::string text(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
    OPENSSL_free(out);
    return text;
}

using key_ptr = std::unique_ptr<EVP_PKEY, openssl_free<EVP_PKEY_free>>;

/// Null where the bytes are no key, or are another writing of one than DER: OpenSSL overlooks bits that
/// nobody reads, and bytes behind the key.
key_ptr decode(const pem_block& block) {
    const auto* const start = reinterpret_cast<const unsigned char*>(block.der.data());
    const auto size = static_cast<long>(block.der.size());
    if (block.label == "PUBLIC KEY") {
        const unsigned char* at = start;
        key_ptr key(d2i_PUBKEY(nullptr, &at, size));
        if (key != nullptr && encoded(key.get(), i2d_PUBKEY) == block.der) {
            return key;
        }
    }
    const unsigned char* at = start;
    key_ptr key(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size));
    if (key != nullptr && encoded(key.get(), i2d_PublicKey) == block.der) {
        return key;
    }
    return nullptr;
}

/// The one encoding of this key, whatever its file's was.
std::string subject_public_key_info(EVP_PKEY* key, key_type type) {
    const bool has_points = type != key_type::rsa && type != key_type::ed25519;
    if (has_points
        && EVP_PKEY_set_utf8_string_param(
               key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed"
           ) != 1) {
        return {};
    }
    return encoded(key, i2d_PUBKEY);
}

std::vector<std::string_view> names_of(const std::vector<hash_algorithm>& hashes) {
    std::vector<std::string_view> names;
    for (const hash_algorithm hash : hashes) {
        names.push_back(name_of(hash));
    }
    return names;
}

} // namespace

std::string_view name_of(hash_algorithm hash) noexcept {
    switch (hash) {
    case hash_algorithm::sha256:
        return "sha256";
    case hash_algorithm::sha384:
        return "sha384";
    case hash_algorithm::sha512:
        return "sha512";
    case hash_algorithm::sm3:
        return "sm3";
    }
    return "unknown";
}

void public_key::free_key::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

result<std::shared_ptr<const public_key>> public_key::parse(
    std::string_view pem,
    std::optional<hash_algorithm> pinned
) {
    const openssl_errors_dropped cleanup;
    GATEHOUSE_TRY(const pem_block block, read_public_key_block(pem));
    const std::shared_ptr<public_key> made(new public_key());
    made->handle_.reset(decode(block).release());
    EVP_PKEY* const key = made->handle_.get();
    if (key == nullptr) {
        return refused("is not a public key inside its PEM block");
    }
    GATEHOUSE_TRY(made->type_, type_of(key));
    const key_kind kind = kind_of(made->type_);
    if (pinned && std::ranges::find(kind.possible_pins, *pinned) == kind.possible_pins.end()) {
        return refused(fmt::format(
            "is {} key, which hashAlgorithm {} does not go with; it can be {}",
            kind.name,
            name_of(*pinned),
            fmt::join(names_of(kind.possible_pins), ", ")
        ));
    }
    const std::string info = subject_public_key_info(key, made->type_);
    if (info.empty() || !is_sound(key, made->type_)) {
        return refused(fmt::format("is {} key with impossible numbers", kind.name));
    }
    made->hashes_ = pinned ? std::vector{*pinned} : kind.usual;
    made->fingerprint_ = digest::of(info).hex();
    made->id_ = fmt::format("{}:{}", made->fingerprint_, fmt::join(names_of(made->hashes_), ","));
    return std::shared_ptr<const public_key>(made);
}

} // namespace gatehouse::policy
