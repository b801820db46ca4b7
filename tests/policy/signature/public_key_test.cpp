#include "policy/signature/public_key.h"

#include "policy/signature/base64.h"
#include "tests/support/case_name.h"
#include "tests/support/signing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <functional>

namespace gatehouse::policy {
namespace {

using testing_support::pem_block;
using testing_support::shared_key;
using testing_support::signing_key;
using enum hash_algorithm;

std::string problem_of(std::string_view pem, std::optional<hash_algorithm> pinned = std::nullopt) {
    const auto parsed = public_key::parse(pem, pinned);
    if (parsed) {
        return "taken";
    }
    EXPECT_EQ(parsed.error().code(), errc::malformed);
    return parsed.error().detail();
}

struct good_key {
    std::string name;
    std::string kind;
    key_type type;
    std::vector<hash_algorithm> hashes;
    std::vector<hash_algorithm> pins;
    std::string refusal; ///< of another pin
};

const std::vector<hash_algorithm> sha2 = {sha256, sha384, sha512};

const std::vector<good_key> good_keys = {
    {"P256",
     "P-256",
     key_type::ecdsa_p256,
     {sha256},
     sha2,
     "is an ECDSA P-256 key, which hashAlgorithm sm3 does not go with; it can be sha256, sha384, "
     "sha512"},
    {"P384",
     "P-384",
     key_type::ecdsa_p384,
     {sha384, sha256},
     sha2,
     "is an ECDSA P-384 key, which hashAlgorithm sm3 does not go with; it can be sha256, sha384, "
     "sha512"},
    {"P521",
     "P-521",
     key_type::ecdsa_p521,
     {sha512, sha256},
     sha2,
     "is an ECDSA P-521 key, which hashAlgorithm sm3 does not go with; it can be sha256, sha384, "
     "sha512"},
    {"Rsa2048",
     "RSA:2048",
     key_type::rsa,
     {sha256},
     sha2,
     "is an RSA key, which hashAlgorithm sm3 does not go with; it can be sha256, sha384, sha512"},
    {"Ed25519",
     "ED25519",
     key_type::ed25519,
     {sha512},
     {sha512},
     "is an Ed25519 key, which hashAlgorithm sha256 does not go with; it can be sha512"},
    {"Sm2",
     "SM2",
     key_type::sm2,
     {sm3},
     {sm3},
     "is an SM2 key, which hashAlgorithm sha256 does not go with; it can be sm3"},
};

class GoodKey : public testing::TestWithParam<good_key> {};

TEST_P(GoodKey, HasItsTypeAndUsualHashes) {
    const auto parsed = public_key::parse(shared_key(GetParam().kind).public_pem(), std::nullopt);
    ASSERT_TRUE(parsed) << parsed.error().detail();
    EXPECT_EQ(parsed.value()->type(), GetParam().type);
    EXPECT_EQ(parsed.value()->hashes(), GetParam().hashes);
}

TEST_P(GoodKey, IsUsedWithAPinnedHashAlone) {
    const std::string pem = shared_key(GetParam().kind).public_pem();
    for (const hash_algorithm pin : GetParam().pins) {
        const auto parsed = public_key::parse(pem, pin);
        ASSERT_TRUE(parsed) << parsed.error().detail();
        EXPECT_EQ(parsed.value()->hashes(), std::vector{pin});
    }
}

TEST_P(GoodKey, RefusesAHashThatCannotBe) {
    const std::string pem = shared_key(GetParam().kind).public_pem();
    std::size_t refused = 0;
    for (const hash_algorithm pin : {sm3, sha512, sha384, sha256}) {
        if (std::ranges::find(GetParam().pins, pin) != GetParam().pins.end()) {
            EXPECT_TRUE(public_key::parse(pem, pin));
            continue;
        }
        ++refused;
        const std::string found = problem_of(pem, pin);
        if (GetParam().refusal.find(" " + std::string(name_of(pin)) + " does")
            != std::string::npos) {
            EXPECT_EQ(found, GetParam().refusal);
        } else {
            EXPECT_NE(found, "taken");
        }
    }
    EXPECT_GT(refused, 0U);
}

TEST_P(GoodKey, MayHaveLinesEndedByCarriageReturnAndTextBefore) {
    const std::string pem = shared_key(GetParam().kind).public_pem();
    std::string with_returns = "release key\r\n";
    for (const char c : pem) {
        with_returns += c == '\n' ? "\r\n" : std::string(1, c);
    }
    const auto plain = public_key::parse(pem, std::nullopt);
    const auto other = public_key::parse(with_returns + "\r\n \n", std::nullopt);
    ASSERT_TRUE(plain && other);
    EXPECT_EQ(plain.value()->id(), other.value()->id());
}

INSTANTIATE_TEST_SUITE_P(All, GoodKey, testing::ValuesIn(good_keys), testing_support::case_name());

TEST(PublicKey, IsNamedByItsSubjectPublicKeyInfoAndHashes) {
    const signing_key key("P-384");
    const std::string pem = key.public_pem();
    const auto usual = public_key::parse(pem, std::nullopt);
    const auto pinned = public_key::parse(pem, sha384);
    ASSERT_TRUE(usual && pinned);
    EXPECT_EQ(usual.value()->fingerprint().size(), 64U);
    EXPECT_EQ(usual.value()->fingerprint(), pinned.value()->fingerprint());
    EXPECT_EQ(usual.value()->id(), usual.value()->fingerprint() + ":sha384,sha256");
    EXPECT_EQ(pinned.value()->id(), usual.value()->fingerprint() + ":sha384");
}

// The key of RFC 8410 section 10.1; the rest from `openssl pkey -pubin -outform DER | sha256sum`.
TEST(PublicKey, HasTheFingerprintThatOtherToolsPrint) {
    const auto parsed = public_key::parse(
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        "-----END PUBLIC KEY-----\n",
        std::nullopt
    );
    ASSERT_TRUE(parsed) << parsed.error().detail();
    EXPECT_EQ(
        parsed.value()->fingerprint(),
        "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f"
    );
}

TEST(PublicKey, IsTheSameInEveryEncodingOfRsa) {
    const signing_key& key = shared_key("RSA:2048");
    const auto usual = public_key::parse(key.public_pem(), std::nullopt);
    const auto cloud = public_key::parse(pem_block("PUBLIC KEY", key.pkcs1()), std::nullopt);
    const auto old = public_key::parse(pem_block("RSA PUBLIC KEY", key.pkcs1()), std::nullopt);
    ASSERT_TRUE(usual && cloud && old);
    EXPECT_EQ(usual.value()->id(), cloud.value()->id());
    EXPECT_EQ(usual.value()->id(), old.value()->id());
}

TEST(PublicKey, IsTakenEachTimeItIsRead) {
    const std::string pem = shared_key("RSA:2048").public_pem();
    for (int i = 0; i < 200; ++i) {
        EXPECT_TRUE(public_key::parse(pem, std::nullopt));
    }
    for (const unsigned long exponent : {3UL, 17UL, 0x7fffffffUL}) {
        const signing_key key = signing_key::rsa_of({.exponent = exponent});
        EXPECT_TRUE(public_key::parse(key.public_pem(), std::nullopt)) << exponent;
    }
}

/// Keys are made for the test that wants them alone: every process of this program lists every case.
struct key_text {
    // NOLINTBEGIN(google-explicit-constructor): so that a table reads as one
    key_text(std::string text) : make([text = std::move(text)] { return text; }) {}
    key_text(const char* text) : key_text(std::string(text)) {}
    template <std::invocable Make>
    key_text(Make how) : make(std::move(how)) {}
    // NOLINTEND(google-explicit-constructor)
    std::function<std::string()> make;
};

struct bad_key {
    std::string name;
    key_text text;
    std::string problem;
};

const std::string private_key_words = "is a private key: give the public key, which `openssl pkey "
                                      "-in FILE -pubout` prints, and replace "
                                      "the pair if others may read this text";
const std::string cosign_words =
    "is a private key of cosign (cosign.key): give the public key, cosign.pub, which `cosign "
    "public-key --key cosign.key` prints";
const std::string secret = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";

std::string armoured(const std::string& label, const std::string& body = secret) {
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
}

std::string good_pem() { return signing_key("P-256").public_pem(); }

std::string der_of(const std::string& pem) {
    const auto begin = pem.find('\n') + 1;
    std::string body = pem.substr(begin, pem.find("-----END") - begin);
    std::erase(body, '\n');
    return decode_base64(body).value();
}

/// The key's point with one of its coordinates and the other's sign.
std::string compressed(const std::string& der) {
    constexpr std::size_t header = 26; // of a P-256 SubjectPublicKeyInfo, up to the point
    std::string out = der.substr(0, header) + std::string(1, der.back() % 2 == 0 ? 2 : 3)
                      + der.substr(header + 1, 32);
    for (const std::size_t length_at : {1U, 24U}) {
        out[length_at] = static_cast<char>(out[length_at] - 32);
    }
    return out;
}

TEST(PublicKey, IsTheSameWithACompressedPoint) {
    const std::string pem = good_pem();
    const auto usual = public_key::parse(pem, std::nullopt);
    const auto small =
        public_key::parse(pem_block("PUBLIC KEY", compressed(der_of(pem))), std::nullopt);
    ASSERT_TRUE(usual && small) << small.error().detail();
    EXPECT_EQ(usual.value()->id(), small.value()->id());
}

/// The point moved off its curve.
std::string off_the_curve() {
    std::string der = der_of(good_pem());
    der.back() = static_cast<char>(der.back() ^ 1);
    return der;
}

/// The byte that counts unused bits says that the last bit of the key is none.
std::string with_an_unused_bit() {
    std::string der = der_of(signing_key("ED25519").public_pem());
    der[11] = 1;
    return der;
}

std::vector<bad_key> bad_keys() {
    const std::string bad_rsa = "is an RSA key with impossible numbers";
    const std::string curve_words = "; ECDSA keys must be P-256, P-384 or P-521";
    return {
        {"Empty", "", "is not a public key in PEM form (-----BEGIN PUBLIC KEY-----)"},
        {"NoPem", secret, "is not a public key in PEM form (-----BEGIN PUBLIC KEY-----)"},
        {"Pkcs8", [] { return signing_key("P-256").private_pem(); }, private_key_words},
        {"EcPrivate", armoured("EC PRIVATE KEY"), private_key_words},
        {"RsaPrivate", armoured("RSA PRIVATE KEY"), private_key_words},
        {"EncryptedPkcs8", armoured("ENCRYPTED PRIVATE KEY"), private_key_words},
        {"OpenSsh", armoured("OPENSSH PRIVATE KEY"), private_key_words},
        {"Cosign", armoured("ENCRYPTED COSIGN PRIVATE KEY"), cosign_words},
        {"Sigstore", armoured("ENCRYPTED SIGSTORE PRIVATE KEY"), cosign_words},
        {"PrivateBehindPublic",
         [] { return good_pem() + armoured("PRIVATE KEY"); },
         private_key_words},
        {"PrivateCutShort", "x -----BEGIN PRIVATE KEY", private_key_words},
        {"Certificate",
         armoured("CERTIFICATE"),
         "is a certificate: give its public key, which `openssl x509 -in FILE -noout -pubkey` "
         "prints"},
        {"TwoBlocks",
         [] { return good_pem() + good_pem(); },
         "holds 2 PEM blocks: give each key an item of its own"},
        {"OtherBlock",
         armoured("PGP PUBLIC KEY BLOCK"),
         "is a PEM block \"PGP PUBLIC KEY BLOCK\", not PUBLIC KEY"},
        {"TrailingText", [] { return good_pem() + "behind"; }, "has text behind the PEM block"},
        {"TooLarge",
         [] { return std::string(64 * 1024, '\n') + good_pem(); },
         "is larger than 64 KiB"},
        {"CutShort",
         [] { return good_pem().substr(0, 100); },
         "is cut short: the PEM block must begin and end with its own line"},
        {"InsideALine",
         [] { return "key: " + good_pem(); },
         "is cut short: the PEM block must begin and end with its own line"},
        {"OtherEnd",
         "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEYS-----\n",
         "has an end line that does not fit its PEM block's first"},
        {"NoBase64", armoured("PUBLIC KEY", "AA*A"), "is not base64 inside its PEM block"},
        {"NothingInside", armoured("PUBLIC KEY", ""), "is not base64 inside its PEM block"},
        {"NoKeyInside", armoured("PUBLIC KEY"), "is not a public key inside its PEM block"},
        {"BytesBehindTheKey",
         [] { return pem_block("PUBLIC KEY", der_of(good_pem()) + "x"); },
         "is not a public key inside its PEM block"},
        {"OffTheCurve",
         [] { return pem_block("PUBLIC KEY", off_the_curve()); },
         "is not a public key inside its PEM block"},
        {"NotDer",
         [] { return pem_block("PUBLIC KEY", with_an_unused_bit()); },
         "is not a public key inside its PEM block"},
        {"ExplicitCurve",
         [] { return signing_key("explicit P-256").public_pem(); },
         "writes its curve out: give a key with a named curve"},
        {"LargeRsa",
         [] { return signing_key::rsa_of({.bits = 8193}).public_pem(); },
         "is an RSA key of 8193 bits; at most 8192 are supported"},
        {"EvenRsa", [] { return signing_key::rsa_of({.is_odd = false}).public_pem(); }, bad_rsa},
        {"RsaExponentOne",
         [] { return signing_key::rsa_of({.exponent = 1}).public_pem(); },
         bad_rsa},
        {"RsaExponentEven",
         [] { return signing_key::rsa_of({.exponent = 65538}).public_pem(); },
         bad_rsa},
        {"RsaExponentLarge",
         [] { return signing_key::rsa_of({.exponent = 0x80000001}).public_pem(); },
         bad_rsa},
        {"EcUnderRsaArmour",
         [] { return pem_block("RSA PUBLIC KEY", signing_key("P-256").pkcs1()); },
         "is not a public key inside its PEM block"},
        {"SmallRsa",
         [] { return signing_key("RSA:1024").public_pem(); },
         "is an RSA key of 1024 bits; at least 2048 are needed"},
        {"P192",
         [] { return signing_key("P-192").public_pem(); },
         "is a key on the curve prime192v1" + curve_words},
        {"P224",
         [] { return signing_key("P-224").public_pem(); },
         "is a key on the curve secp224r1" + curve_words},
        {"Secp256k1",
         [] { return signing_key("secp256k1").public_pem(); },
         "is a key on the curve secp256k1" + curve_words},
        {"X25519",
         [] { return signing_key("X25519").public_pem(); },
         "is a key of an unsupported algorithm (X25519); ECDSA, RSA, Ed25519 and SM2 keys can be "
         "used"},
        {"Dsa",
         [] { return signing_key("DSA").public_pem(); },
         "is a key of an unsupported algorithm (DSA); ECDSA, RSA, Ed25519 and SM2 keys can be "
         "used"},
    };
}

class BadKey : public testing::TestWithParam<bad_key> {};

TEST_P(BadKey, IsRefusedInWordsThatHelpAndNeverEcho) {
    const std::string problem = problem_of(GetParam().text.make());
    EXPECT_EQ(problem, GetParam().problem);
    EXPECT_EQ(problem.find(secret.substr(0, 8)), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, BadKey, testing::ValuesIn(bad_keys()), testing_support::case_name());

} // namespace
} // namespace gatehouse::policy
