#include "policy/signature/raw_signature.h"

#include "policy/signature/ed25519.h"
#include "tests/support/case_name.h"
#include "tests/support/signed_image.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace gatehouse::policy {
namespace {

using testing_support::public_half;
using testing_support::shared_key;
using testing_support::signing_key;
using testing_support::signing_options;
using enum hash_algorithm;

constexpr std::string_view message = "the bytes that are signed";

std::string unhex(std::string_view hex) {
    std::string out;
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        out += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
    }
    return out;
}

struct signing_case {
    std::string name;
    std::string kind;
    signing_options how;
    std::optional<hash_algorithm> pinned;
    std::optional<hash_algorithm> found;
};

class RawSignature : public testing::TestWithParam<signing_case> {};

TEST_P(RawSignature, HoldsWithTheHashesOfItsKeyAlone) {
    const signing_key& key = shared_key(GetParam().kind);
    const std::string signature = key.sign(message, GetParam().how);
    const auto half = public_half(key, GetParam().pinned);
    EXPECT_EQ(signed_with(*half, message, signature), GetParam().found);
    EXPECT_EQ(ERR_peek_error(), 0U);
}

const std::vector<signing_case> cases = {
    {"P256", "P-256", {}, {}, sha256},
    {"P256Halves", "P-256", {.halves = true}, {}, sha256},
    {"P256PinnedSha384", "P-256", {.hash = "SHA384"}, sha384, sha384},
    {"P256OtherHash", "P-256", {.hash = "SHA384"}, {}, {}},
    {"P384ByItsCurve", "P-384", {.hash = "SHA384"}, {}, sha384},
    {"P384OldCosign", "P-384", {.hash = "SHA256"}, {}, sha256},
    {"P384Halves", "P-384", {.hash = "SHA384", .halves = true}, {}, sha384},
    {"P384PinnedSha384ButSha256", "P-384", {.hash = "SHA256"}, sha384, {}},
    {"P384PinnedSha256ButSha384", "P-384", {.hash = "SHA384"}, sha256, {}},
    {"P384OtherHash", "P-384", {.hash = "SHA512"}, {}, {}},
    {"P521ByItsCurve", "P-521", {.hash = "SHA512"}, {}, sha512},
    {"P521OldCosign", "P-521", {.hash = "SHA256"}, {}, sha256},
    {"P521Halves", "P-521", {.hash = "SHA512", .halves = true}, {}, sha512},
    {"P521OtherHash", "P-521", {.hash = "SHA384"}, {}, {}},
    {"EcdsaSha1", "P-256", {.hash = "SHA1"}, {}, {}},
    {"Rsa2048", "RSA:2048", {}, {}, sha256},
    {"Rsa3072", "RSA:3072", {}, {}, sha256},
    {"RsaPss", "RSA:2048", {.pss = true}, {}, sha256},
    {"RsaPinnedSha384", "RSA:2048", {.hash = "SHA384"}, sha384, sha384},
    {"RsaPssPinnedSha512", "RSA:2048", {.hash = "SHA512", .pss = true}, sha512, sha512},
    {"RsaOtherHash", "RSA:2048", {.hash = "SHA512"}, {}, {}},
    {"RsaSha1", "RSA:2048", {.hash = "SHA1"}, {}, {}},
    {"Ed25519", "ED25519", {}, {}, sha512},
    {"Ed25519Pinned", "ED25519", {}, sha512, sha512},
    {"Ed25519ph", "ED25519", {.prehashed = true}, {}, sha512},
    {"Sm2", "SM2", {}, {}, sm3},
};

INSTANTIATE_TEST_SUITE_P(All, RawSignature, testing::ValuesIn(cases), testing_support::case_name());

class Mutation : public testing::TestWithParam<signing_case> {};

TEST_P(Mutation, OfAnyByteOfTheSignatureIsRefused) {
    const signing_key& key = shared_key(GetParam().kind);
    const auto half = public_half(key);
    const std::string signature = key.sign(message, GetParam().how);
    for (std::size_t at = 0; at < signature.size(); ++at) {
        for (const int bit : {0x01, 0x80}) {
            std::string changed = signature;
            changed[at] = static_cast<char>(changed[at] ^ bit);
            EXPECT_EQ(signed_with(*half, message, changed), std::nullopt) << at;
        }
    }
    EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST_P(Mutation, OfAnyByteOfTheMessageIsRefused) {
    const signing_key& key = shared_key(GetParam().kind);
    const auto half = public_half(key);
    const std::string signature = key.sign(message, GetParam().how);
    for (std::size_t at = 0; at < message.size(); ++at) {
        std::string changed(message);
        changed[at] = static_cast<char>(changed[at] ^ 0x01);
        EXPECT_EQ(signed_with(*half, changed, signature), std::nullopt) << at;
    }
}

TEST_P(Mutation, OfTheLengthIsRefused) {
    const signing_key& key = shared_key(GetParam().kind);
    const auto half = public_half(key);
    const std::string signature = key.sign(message, GetParam().how);
    const std::string zero(1, '\0');
    for (const std::string& changed :
         {signature + zero,
          zero + signature,
          signature.substr(1),
          signature.substr(0, signature.size() - 1),
          signature + signature,
          std::string()}) {
        EXPECT_EQ(signed_with(*half, message, changed), std::nullopt);
    }
    const std::string whole(message);
    for (const std::string& changed : {whole + " ", " " + whole, whole.substr(1), std::string()}) {
        EXPECT_EQ(signed_with(*half, changed, signature), std::nullopt);
    }
}

TEST_P(Mutation, OfTheKeyIsRefused) {
    const signing_key& key = shared_key(GetParam().kind);
    const std::string signature = key.sign(message, GetParam().how);
    const auto other = public_half(signing_key(GetParam().kind));
    EXPECT_EQ(signed_with(*other, message, signature), std::nullopt);

    const std::string pem = key.public_pem();
    const auto begin = pem.find('\n') + 1;
    const auto end = pem.find("-----END");
    std::size_t still_keys = 0;
    for (std::size_t at = begin; at < end; ++at) {
        std::string changed = pem;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        const auto parsed = public_key::parse(changed, std::nullopt);
        if (!parsed) {
            continue;
        }
        ++still_keys;
        if (changed[at] == pem[at]) {
            continue;
        }
        const auto found = signed_with(*parsed.value(), message, signature);
        EXPECT_EQ(found, std::nullopt) << at;
    }
    RecordProperty("mutations_that_are_keys", static_cast<int>(still_keys));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    Mutation,
    testing::Values(
        signing_case{"P256", "P-256", {}, {}, {}},
        signing_case{"P256Halves", "P-256", {.halves = true}, {}, {}},
        signing_case{"P384", "P-384", {.hash = "SHA384"}, {}, {}},
        signing_case{"P521", "P-521", {.hash = "SHA512"}, {}, {}},
        signing_case{"Rsa", "RSA:2048", {}, {}, {}},
        signing_case{"RsaPss", "RSA:2048", {.pss = true}, {}, {}},
        signing_case{"Ed25519", "ED25519", {}, {}, {}},
        signing_case{"Ed25519ph", "ED25519", {.prehashed = true}, {}, {}},
        signing_case{"Sm2", "SM2", {}, {}, {}}
    ),
    testing_support::case_name()
);

// RFC 8032 section 7.3
TEST(Ed25519ph, HoldsForTheVectorOfItsStandard) {
    const std::string key =
        unhex("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
    const std::string signature =
        unhex("98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
              "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
    EXPECT_TRUE(is_sound_ed25519_key(key));
    EXPECT_TRUE(verify_ed25519ph(key, "abc", signature));
    EXPECT_FALSE(verify_ed25519ph(key, "abd", signature));
}

// RFC 8032 section 7.1, test 3
TEST(Ed25519, HoldsForTheVectorOfItsStandard) {
    const signing_key key = signing_key::ed25519_of(
        unhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
    );
    const std::string signature =
        unhex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
              "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
    const auto half = public_half(key);
    EXPECT_EQ(signed_with(*half, unhex("af82"), signature), sha512);
    EXPECT_EQ(key.sign(unhex("af82")), signature);
}

TEST(Ed25519, RefusesKeysThatEverybodyCanSignFor) {
    const std::string neutral = unhex("01") + std::string(31, '\0');
    EXPECT_FALSE(is_sound_ed25519_key(neutral));
    EXPECT_FALSE(is_sound_ed25519_key(std::string(32, '\0')));
    EXPECT_FALSE(is_sound_ed25519_key("short"));
    // SubjectPublicKeyInfo of RFC 8410
    const std::string info = unhex("302a300506032b6570032100") + neutral;
    const auto parsed =
        public_key::parse(testing_support::pem_block("PUBLIC KEY", info), std::nullopt);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().detail(), "is an Ed25519 key with impossible numbers");
}

TEST(Ecdsa, TakesAnSignatureWhoseSecondHalfIsLarge) {
    // s and the group's order less s both hold; cosign and cloud key services write either.
    const signing_key key("P-256");
    const auto half = public_half(key);
    int large = 0;
    for (int i = 0; i < 64; ++i) {
        const std::string signature = key.sign(message, {.halves = true});
        large += static_cast<unsigned char>(signature[32]) >= 0x80 ? 1 : 0;
        EXPECT_EQ(signed_with(*half, message, signature), sha256);
    }
    EXPECT_GT(large, 0);
}

TEST(DigestSignature, HoldsForKeysThatSignDigests) {
    const signing_key p384("P-384");
    const auto half = public_half(p384);
    const std::string by_sha256 = p384.sign(message, {.hash = "SHA256"});
    const std::string by_sha512 = p384.sign(message, {.hash = "SHA512"});
    const std::string by_sha384 = p384.sign(message, {.hash = "SHA384"});
    EXPECT_EQ(signed_with(*half, digest::of(message), by_sha256), sha256);
    EXPECT_EQ(signed_with(*half, digest::of("other"), by_sha256), std::nullopt);
    EXPECT_EQ(signed_with(*half, digest::of(message), by_sha384), std::nullopt);
    const digest longer = digest::of(message, digest_algorithm::sha512);
    EXPECT_EQ(signed_with(*half, longer, by_sha512), std::nullopt);
    EXPECT_EQ(signed_with(*public_half(p384, sha512), longer, by_sha512), sha512);
    EXPECT_EQ(
        signed_with(*public_half(p384, sha384), digest::of(message), by_sha256), std::nullopt
    );
}

TEST(DigestSignature, IsNeverOfAKeyThatNeedsTheMessage) {
    for (const char* kind : {"ED25519", "SM2"}) {
        const signing_key& key = shared_key(kind);
        const auto half = public_half(key);
        EXPECT_FALSE(can_verify_digest(half->type()));
        EXPECT_EQ(signed_with(*half, digest::of(message), key.sign(message)), std::nullopt);
    }
}

} // namespace
} // namespace gatehouse::policy
