#include "tests/support/signing.h"

#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <array>
#include <functional>
#include <map>
#include <stdexcept>
#include <vector>

namespace gatehouse::testing_support {
namespace {

void must(bool is_done) {
    if (!is_done) {
        throw std::runtime_error("OpenSSL cannot do what the test wants");
    }
}

struct free_it {
    void operator()(BIGNUM* it) const { BN_free(it); }
    void operator()(OSSL_PARAM* it) const { OSSL_PARAM_free(it); }
    void operator()(OSSL_PARAM_BLD* it) const { OSSL_PARAM_BLD_free(it); }
    void operator()(BIO* it) const { BIO_free_all(it); }
    void operator()(EVP_MD_CTX* it) const { EVP_MD_CTX_free(it); }
    void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
    void operator()(EVP_PKEY_CTX* it) const { EVP_PKEY_CTX_free(it); }
    void operator()(ECDSA_SIG* it) const { ECDSA_SIG_free(it); }
};
template <class T>
using owned = std::unique_ptr<T, free_it>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(const std::vector<unsigned char>& bytes) {
    return {bytes.begin(), bytes.end()};
}

EVP_PKEY* generate_dsa() {
    const owned<EVP_PKEY_CTX> numbers(EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, nullptr));
    EVP_PKEY* parameters = nullptr;
    must(numbers != nullptr && EVP_PKEY_paramgen_init(numbers.get()) == 1);
    must(EVP_PKEY_CTX_set_dsa_paramgen_bits(numbers.get(), 1024) == 1);
    must(EVP_PKEY_paramgen(numbers.get(), &parameters) == 1);
    const owned<EVP_PKEY> owner(parameters);
    const owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(parameters, nullptr));
    EVP_PKEY* key = nullptr;
    must(EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_keygen(context.get(), &key) == 1);
    return key;
}

EVP_PKEY* generate(std::string_view kind) {
    const std::string name(kind);
    if (kind == "DSA") {
        return generate_dsa();
    }
    if (kind.starts_with("RSA:")) {
        return EVP_RSA_gen(static_cast<unsigned int>(std::stoul(name.substr(4))));
    }
    if (kind == "ED25519" || kind == "X25519" || kind == "SM2") {
        return EVP_PKEY_Q_keygen(nullptr, nullptr, name.c_str());
    }
    if (kind.starts_with("explicit ")) {
        EVP_PKEY* const key = EVP_EC_gen(name.substr(9).c_str());
        must(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, "explicit") == 1);
        return key;
    }
    return EVP_EC_gen(name.c_str());
}

std::string contents(BIO* of) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(of, &data);
    return {data, static_cast<std::size_t>(size)};
}

/// r and s, each as long as the curve's numbers.
std::string halves_of(std::string_view der, EVP_PKEY* key) {
    const unsigned char* at = bytes_of(der);
    const owned<ECDSA_SIG> pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    const int size = (EVP_PKEY_get_bits(key) + 7) / 8;
    std::vector<unsigned char> out(2 * static_cast<std::size_t>(size));
    must(pair != nullptr && BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), size) == size);
    must(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.data() + size, size) == size);
    return text_of(out);
}

std::string sign_prehashed(EVP_PKEY* key, std::string_view message) {
    std::array<unsigned char, crypto_sign_ed25519_SEEDBYTES> seed{};
    std::size_t size = seed.size();
    must(EVP_PKEY_get_raw_private_key(key, seed.data(), &size) == 1);
    std::array<unsigned char, crypto_sign_ed25519_PUBLICKEYBYTES> public_half{};
    std::array<unsigned char, crypto_sign_ed25519_SECRETKEYBYTES> secret{};
    must(crypto_sign_ed25519_seed_keypair(public_half.data(), secret.data(), seed.data()) == 0);
    crypto_sign_ed25519ph_state state;
    std::vector<unsigned char> out(crypto_sign_ed25519_BYTES);
    crypto_sign_ed25519ph_init(&state);
    crypto_sign_ed25519ph_update(&state, bytes_of(message), message.size());
    must(crypto_sign_ed25519ph_final_create(&state, out.data(), nullptr, secret.data()) == 0);
    return text_of(out);
}

const char* usual_hash(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "SM2") == 1) {
        return "SM3";
    }
    if (EVP_PKEY_is_a(key, "ED25519") == 1) {
        return nullptr;
    }
    const int bits = EVP_PKEY_is_a(key, "EC") == 1 ? EVP_PKEY_get_bits(key) : 256;
    return bits <= 256 ? "SHA256" : bits <= 384 ? "SHA384" : "SHA512";
}

} // namespace

signing_key::signing_key(evp_pkey_st* key) : key_(key, EVP_PKEY_free) { must(key != nullptr); }
signing_key::signing_key(std::string_view kind) : signing_key(generate(kind)) {}

signing_key signing_key::ed25519_of(std::string_view seed) {
    return signing_key(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size())
    );
}

signing_key signing_key::of_pem(std::string_view pem) {
    const owned<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return signing_key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
}

signing_key signing_key::rsa_of(const rsa_numbers& numbers) {
    const owned<BIGNUM> modulus(BN_new());
    const owned<BIGNUM> exponent(BN_new());
    must(BN_set_bit(modulus.get(), static_cast<int>(numbers.bits) - 1) == 1);
    must(BN_add_word(modulus.get(), numbers.is_odd ? 1 : 0) == 1);
    must(BN_set_word(exponent.get(), numbers.exponent) == 1);
    const owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    must(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1);
    must(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
    const owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr));
    EVP_PKEY* key = nullptr;
    must(EVP_PKEY_fromdata_init(context.get()) == 1);
    must(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1);
    return signing_key(key);
}

std::string signing_key::public_pem() const {
    const owned<BIO> out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PUBKEY(out.get(), key_.get()) == 1);
    return contents(out.get());
}

std::string signing_key::pkcs1() const {
    unsigned char* der = nullptr;
    const int size = i2d_PublicKey(key_.get(), &der);
    must(size > 0);
    std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

std::string signing_key::private_pem() const {
    const owned<BIO> out(BIO_new(BIO_s_mem()));
    must(
        PEM_write_bio_PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1
    );
    return contents(out.get());
}

std::string signing_key::sign(std::string_view message, const signing_options& how) const {
    if (how.prehashed) {
        return sign_prehashed(key_.get(), message);
    }
    const owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    const owned<EVP_PKEY_CTX> key_context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    if (EVP_PKEY_is_a(key_.get(), "SM2") == 1) {
        must(EVP_PKEY_CTX_set1_id(key_context.get(), "1234567812345678", 16) == 1);
    }
    EVP_MD_CTX_set_pkey_ctx(context.get(), key_context.get());
    const char* const hash = how.hash == nullptr ? usual_hash(key_.get()) : how.hash;
    must(
        EVP_DigestSignInit_ex(context.get(), nullptr, hash, nullptr, nullptr, key_.get(), nullptr)
        == 1
    );
    if (how.pss) {
        must(EVP_PKEY_CTX_set_rsa_padding(key_context.get(), RSA_PKCS1_PSS_PADDING) == 1);
    }
    std::size_t size = 0;
    must(EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) == 1);
    std::vector<unsigned char> out(size);
    must(EVP_DigestSign(context.get(), out.data(), &size, bytes_of(message), message.size()) == 1);
    out.resize(size);
    return how.halves ? halves_of(text_of(out), key_.get()) : text_of(out);
}

const signing_key& shared_key(std::string_view kind) {
    static std::map<std::string, signing_key, std::less<>> made;
    const auto found = made.find(kind);
    return found != made.end() ? found->second
                               : made.emplace(kind, signing_key(kind)).first->second;
}

std::string base64(std::string_view bytes) {
    std::vector<unsigned char> out(4 * ((bytes.size() + 2) / 3) + 1);
    const int size = EVP_EncodeBlock(out.data(), bytes_of(bytes), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return text_of(out);
}

std::string pem_block(std::string_view label, std::string_view der) {
    const std::string text = base64(der);
    std::string out = "-----BEGIN " + std::string(label) + "-----\n";
    for (std::size_t at = 0; at < text.size(); at += 64) {
        out += text.substr(at, 64) + "\n";
    }
    return out + "-----END " + std::string(label) + "-----\n";
}

} // namespace gatehouse::testing_support
