#include "policy/signature/raw_signature.h"

#include "policy/signature/ed25519.h"
#include "policy/signature/openssl_ptr.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace gatehouse::policy {
namespace {

// GM/T 0009 section 10: what goes into the hash where signer and verifier agreed on nothing else.
constexpr std::string_view sm2_user_id = "1234567812345678";

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

const EVP_MD* function_of(hash_algorithm hash) {
    switch (hash) {
    case hash_algorithm::sha256:
        return EVP_sha256();
    case hash_algorithm::sha384:
        return EVP_sha384();
    case hash_algorithm::sha512:
        return EVP_sha512();
    case hash_algorithm::sm3:
        return EVP_sm3();
    }
    return nullptr;
}

std::string hashed(std::string_view message, hash_algorithm hash) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    if (EVP_Digest(message.data(), message.size(), raw.data(), &size, function_of(hash), nullptr)
        != 1) {
        return {};
    }
    return {reinterpret_cast<const char*>(raw.data()), size};
}

/// Of a context that was made ready for it.
bool holds(EVP_PKEY_CTX* context, std::string_view digest, std::string_view signature) {
    return EVP_PKEY_verify(
               context, bytes_of(signature), signature.size(), bytes_of(digest), digest.size()
           )
           == 1;
}

bool holds(EVP_MD_CTX* context, std::string_view message, std::string_view signature) {
    return EVP_DigestVerify(
               context, bytes_of(signature), signature.size(), bytes_of(message), message.size()
           )
           == 1;
}

/// `digest` is the hash of what was signed.
bool verify_ecdsa(EVP_PKEY* key, std::string_view digest, std::string_view signature) {
    const key_context_ptr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    // OpenSSL takes nothing but the canonical DER without a byte behind it.
    return context != nullptr && EVP_PKEY_verify_init(context.get()) == 1
           && holds(context.get(), digest, signature);
}

/// The DER of a signature whose halves are r and s; empty where it cannot be one of this key's.
std::string der_of_halves(EVP_PKEY* key, std::string_view signature) {
    const auto coordinate = (static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
    if (signature.empty() || signature.size() % 2 != 0 || signature.size() > 2 * coordinate) {
        return {};
    }
    const int half = static_cast<int>(signature.size() / 2);
    bignum_ptr r(BN_bin2bn(bytes_of(signature), half, nullptr));
    bignum_ptr s(BN_bin2bn(bytes_of(signature) + half, half, nullptr));
    const ecdsa_signature_ptr pair(ECDSA_SIG_new());
    if (r == nullptr || s == nullptr || pair == nullptr
        || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) {
        return {};
    }
    (void)r.release(); // the pair owns both now
    (void)s.release();
    unsigned char* encoded = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &encoded);
    if (size <= 0) {
        return {};
    }
    std::string out(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
    OPENSSL_free(encoded);
    return out;
}

bool verify_rsa(
    EVP_PKEY* key,
    std::string_view digest,
    std::string_view signature,
    const EVP_MD* function
) {
    if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key))) {
        return false;
    }
    return std::ranges::any_of(
        std::array{RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING},
        [&](int padding) {
            const key_context_ptr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
            return context != nullptr && EVP_PKEY_verify_init(context.get()) == 1
                   && EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) == 1
                   && EVP_PKEY_CTX_set_signature_md(context.get(), function) == 1
                   && (padding == RSA_PKCS1_PADDING
                       || EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_AUTO) == 1
                   )
                   && holds(context.get(), digest, signature);
        }
    );
}

bool verify_sm2(EVP_PKEY* key, std::string_view message, std::string_view signature) {
    const message_context_ptr context(EVP_MD_CTX_new());
    const key_context_ptr key_context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    if (context == nullptr || key_context == nullptr
        || EVP_PKEY_CTX_set1_id(key_context.get(), sm2_user_id.data(), sm2_user_id.size()) != 1) {
        return false;
    }
    EVP_MD_CTX_set_pkey_ctx(context.get(), key_context.get()); // stays ours
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sm3(), nullptr, key) == 1
           && holds(context.get(), message, signature);
}

bool verify_ed25519(EVP_PKEY* key, std::string_view message, std::string_view signature) {
    const message_context_ptr context(EVP_MD_CTX_new());
    return context != nullptr
           && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1
           && holds(context.get(), message, signature);
}

bool verify_ed25519_forms(EVP_PKEY* key, std::string_view message, std::string_view signature) {
    if (signature.size() != ed25519_signature_size) {
        return false;
    }
    if (verify_ed25519(key, message, signature)) {
        return true;
    }
    std::array<unsigned char, ed25519_key_size> raw{};
    std::size_t size = raw.size();
    return EVP_PKEY_get_raw_public_key(key, raw.data(), &size) == 1 && size == raw.size()
           && verify_ed25519ph(
               {reinterpret_cast<const char*>(raw.data()), size}, message, signature
           );
}

/// For keys that sign a digest.
bool verify_digest(
    const public_key& key,
    std::string_view digest,
    std::string_view signature,
    hash_algorithm hash
) {
    if (key.type() == key_type::rsa) {
        return verify_rsa(key.handle(), digest, signature, function_of(hash));
    }
    if (verify_ecdsa(key.handle(), digest, signature)) {
        return true;
    }
    const std::string der = der_of_halves(key.handle(), signature);
    return !der.empty() && verify_ecdsa(key.handle(), digest, der);
}

} // namespace

std::string raw_bytes(const digest& of) {
    const std::string_view hex = of.hex();
    std::string out;
    for (std::size_t at = 0; at + 2 <= hex.size(); at += 2) {
        unsigned char byte = 0;
        std::from_chars(hex.data() + at, hex.data() + at + 2, byte, 16);
        out += static_cast<char>(byte);
    }
    return out;
}

bool can_verify_digest(key_type type) noexcept {
    switch (type) {
    case key_type::ecdsa_p256:
    case key_type::ecdsa_p384:
    case key_type::ecdsa_p521:
    case key_type::rsa:
        return true;
    case key_type::ed25519:
    case key_type::sm2:
        return false;
    }
    return false;
}

std::optional<hash_algorithm> signed_with(
    const public_key& key,
    std::string_view message,
    std::string_view signature
) {
    const openssl_errors_dropped cleanup;
    for (const hash_algorithm hash : key.hashes()) {
        bool is_signed = false;
        if (key.type() == key_type::ed25519) {
            is_signed = verify_ed25519_forms(key.handle(), message, signature);
        } else if (key.type() == key_type::sm2) {
            is_signed = verify_sm2(key.handle(), message, signature);
        } else {
            const std::string digest = hashed(message, hash);
            is_signed = !digest.empty() && verify_digest(key, digest, signature, hash);
        }
        if (is_signed) {
            return hash;
        }
    }
    return std::nullopt;
}

std::optional<hash_algorithm> signed_with(
    const public_key& key,
    const digest& message,
    std::string_view signature
) {
    const openssl_errors_dropped cleanup;
    const auto hash = message.algorithm() == digest_algorithm::sha256 ? hash_algorithm::sha256
                                                                      : hash_algorithm::sha512;
    const bool may_be = std::ranges::find(key.hashes(), hash) != key.hashes().end();
    if (may_be && can_verify_digest(key.type())
        && verify_digest(key, raw_bytes(message), signature, hash)) {
        return hash;
    }
    return std::nullopt;
}

} // namespace gatehouse::policy
