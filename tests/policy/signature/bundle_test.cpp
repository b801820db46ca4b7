#include "policy/signature/bundle.h"

#include "policy/signature/verify.h"
#include "tests/support/case_name.h"
#include "tests/support/signed_image.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using nlohmann::json;
using namespace testing_support;
using enum signature_answer;

const signing_key& the_key() {
    static const signing_key key("P-256");
    return key;
}

signature_outcome outcome_of(const json& bundle) {
    return verify(as_candidate(bundle), *public_half(the_key()), signed_image());
}

json good_envelope() { return envelope_bundle(the_key(), signing_statement().dump()); }

TEST(Bundle, WithAnEnvelopeMakesAFact) {
    const auto outcome = outcome_of(good_envelope());
    ASSERT_EQ(outcome.answer, match) << outcome.reason;
    EXPECT_EQ(outcome.reason, "");
    ASSERT_TRUE(outcome.fact);
    EXPECT_EQ(outcome.fact->subject, signed_image());
    EXPECT_EQ(outcome.fact->key, public_half(the_key())->id());
    EXPECT_EQ(outcome.fact->hash, hash_algorithm::sha256);
    EXPECT_EQ(outcome.fact->type, statement_type::cosign_sign);
    EXPECT_EQ(outcome.fact->store, signature_store::referrers);
    EXPECT_EQ(outcome.fact->identity, "");
    EXPECT_EQ(outcome.fact->annotations, (std::map<std::string, std::string>{{"env", "prod"}}));
    EXPECT_EQ(outcome.fact->where, "referrer sha256:bb");
}

TEST(Bundle, WithAMessageSignatureMakesAFact) {
    const auto outcome = outcome_of(message_bundle(the_key()));
    ASSERT_EQ(outcome.answer, match) << outcome.reason;
    EXPECT_EQ(outcome.fact->type, statement_type::message_signature);
    EXPECT_EQ(outcome.fact->identity, "");
    EXPECT_TRUE(outcome.fact->annotations.empty());
}

TEST(Bundle, WithAnEnvelopeIsVerifiedForEveryKindOfKey) {
    for (const char* kind : {"P-256", "P-384", "P-521", "RSA:2048", "ED25519", "SM2"}) {
        const signing_key& key = shared_key(kind);
        const auto candidate = as_candidate(envelope_bundle(key, signing_statement().dump()));
        EXPECT_EQ(verify(candidate, *public_half(key), signed_image()).answer, match) << kind;
        const auto other = verify(candidate, *public_half(signing_key(kind)), signed_image());
        EXPECT_EQ(other.answer, no_match) << kind;
        EXPECT_EQ(other.reason, "was not signed with this key");
    }
}

TEST(Bundle, WithAnEnvelopeTakesEitherFormOfEd25519) {
    const signing_key key("ED25519");
    for (const bool prehashed : {false, true}) {
        const json bundle =
            envelope_bundle(key, signing_statement().dump(), {.prehashed = prehashed});
        EXPECT_EQ(verify(as_candidate(bundle), *public_half(key), signed_image()).answer, match)
            << prehashed;
    }
}

TEST(Bundle, WithAMessageSignatureNeedsAKeyThatSignsDigests) {
    for (const char* kind : {"P-256", "P-384", "RSA:2048"}) {
        const signing_key& key = shared_key(kind);
        const auto candidate = as_candidate(message_bundle(key, {.hash = "SHA256"}));
        EXPECT_EQ(verify(candidate, *public_half(key), signed_image()).answer, match) << kind;
    }
    for (const char* kind : {"ED25519", "SM2"}) {
        const signing_key& key = shared_key(kind);
        const auto outcome =
            verify(as_candidate(message_bundle(key)), *public_half(key), signed_image());
        EXPECT_EQ(outcome.answer, no_match) << kind;
        EXPECT_EQ(
            outcome.reason,
            "signs the image's bytes, which keys of this type (Ed25519, SM2) cannot check by the "
            "image's digest"
        );
    }
}

TEST(Bundle, WithACertificateIsNotSupportedYet) {
    for (const json& material :
         {json{{"certificate", {{"rawBytes", "AAAA"}}}},
          json{{"x509CertificateChain", {{"certificates", {{{"rawBytes", "AAAA"}}}}}}}}) {
        json bundle = good_envelope();
        bundle["verificationMaterial"] = material;
        const auto outcome = outcome_of(bundle);
        EXPECT_EQ(outcome.answer, no_match);
        EXPECT_EQ(
            outcome.reason, "is signed with a certificate (keyless), which is not supported yet"
        );
    }
}

TEST(Bundle, IsRefusedAfterAnyChangeOfWhatIsSigned) {
    const auto half = public_half(the_key());
    const std::string statement = signing_statement().dump();
    const json good = good_envelope();
    for (std::size_t at = 0; at < statement.size(); ++at) {
        std::string changed = statement;
        changed[at] = static_cast<char>(changed[at] ^ 0x01);
        json bundle = good;
        bundle["dsseEnvelope"]["payload"] = base64(changed);
        EXPECT_NE(verify(as_candidate(bundle), *half, signed_image()).answer, match) << at;
    }
    const std::string signature = good["dsseEnvelope"]["signatures"][0]["sig"];
    for (std::size_t at = 0; at < signature.size(); ++at) {
        json bundle = good;
        std::string changed = signature;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = changed;
        EXPECT_NE(verify(as_candidate(bundle), *half, signed_image()).answer, match) << at;
    }
    const std::string image(signed_image().text());
    for (std::size_t at = 7; at < image.size(); ++at) {
        std::string changed = image;
        changed[at] = changed[at] == '0' ? '1' : '0';
        const digest other = digest::parse(changed).value();
        EXPECT_NE(verify(as_candidate(good), *half, other).answer, match) << at;
        EXPECT_NE(verify(as_candidate(message_bundle(the_key())), *half, other).answer, match)
            << at;
    }
}

TEST(Bundle, WithoutAMessageDigestIsStillTiedToTheImage) {
    json bundle = message_bundle(the_key());
    bundle["messageSignature"].erase("messageDigest");
    EXPECT_EQ(outcome_of(bundle).answer, match);
    const auto other =
        verify(as_candidate(bundle), *public_half(the_key()), digest::of("other manifest"));
    EXPECT_EQ(other.answer, no_match);
}

TEST(Bundle, OfAnImageWithALongDigest) {
    const signing_key key("P-521");
    json bundle = message_bundle(key, {.hash = "SHA512"});
    bundle["messageSignature"].erase("messageDigest");
    const digest image = digest::of(signed_manifest(), digest_algorithm::sha512);
    EXPECT_EQ(verify(as_candidate(bundle), *public_half(key), image).answer, match);
}

struct good_bundle {
    std::string name;
    json patch;
};

class GoodBundle : public testing::TestWithParam<good_bundle> {};

TEST_P(GoodBundle, IsTaken) {
    json bundle = good_envelope();
    bundle.merge_patch(GetParam().patch);
    const auto outcome = outcome_of(bundle);
    EXPECT_EQ(outcome.answer, match) << outcome.reason;
}

json material(json value) { return {{"verificationMaterial", std::move(value)}}; }

json repeated(std::size_t count) {
    json list = json::array();
    for (std::size_t i = 0; i < count; ++i) {
        list.push_back(json::object());
    }
    return list;
}

json timestamps(json list) {
    return material({{"timestampVerificationData", {{"rfc3161Timestamps", std::move(list)}}}});
}

const std::string old_type = "application/vnd.dev.sigstore.bundle+json;version=";

INSTANTIATE_TEST_SUITE_P(
    All,
    GoodBundle,
    testing::Values(
        good_bundle{"Version01", {{"mediaType", old_type + "0.1"}}},
        good_bundle{"Version02", {{"mediaType", old_type + "0.2"}}},
        good_bundle{"Version03InOldWords", {{"mediaType", old_type + "0.3"}}},
        good_bundle{"UnknownMembers", {{"other", 1}, {"verificationMaterial", {{"other", 1}}}}},
        good_bundle{"NoHint", material({{"publicKey", {{"hint", nullptr}}}})},
        good_bundle{"OtherHint", material({{"publicKey", {{"hint", "of another key"}}}})},
        good_bundle{"ManyLogEntries", material({{"tlogEntries", repeated(32)}})},
        good_bundle{"ManyTimestamps", timestamps(repeated(32))},
        good_bundle{"NullOfTheOtherContent", {{"messageSignature", nullptr}}}
    ),
    testing_support::case_name()
);

struct bad_bundle {
    std::string name;
    json patch;
    std::string reason;
    bool is_message = false;
};

class BadBundle : public testing::TestWithParam<bad_bundle> {};

TEST_P(BadBundle, IsADefectWithItsReason) {
    json bundle = GetParam().is_message ? message_bundle(the_key()) : good_envelope();
    bundle.merge_patch(GetParam().patch);
    const auto outcome = outcome_of(bundle);
    EXPECT_EQ(outcome.answer, malformed);
    EXPECT_FALSE(outcome.fact);
    EXPECT_EQ(outcome.reason, GetParam().reason);
}

json message_digest(json value) {
    return {{"messageSignature", {{"messageDigest", std::move(value)}}}};
}

const std::string one_material =
    "its bundle must name exactly one of a public key and a certificate";
const std::string one_content =
    "its bundle must hold exactly one of dsseEnvelope and messageSignature";
const std::string no_digest = "its bundle's messageDigest is not an algorithm and base64";
const json no_null = json::object();

INSTANTIATE_TEST_SUITE_P(
    All,
    BadBundle,
    testing::Values(
        bad_bundle{"NoObject", json::array(), "its bundle has no mediaType"},
        bad_bundle{"NoMediaType", {{"mediaType", nullptr}}, "its bundle has no mediaType"},
        bad_bundle{
            "NewerVersion",
            {{"mediaType", old_type + "0.4"}},
            "its bundle is of an unknown version, \"" + old_type + "0.4\""},
        bad_bundle{
            "NoMaterial",
            {{"verificationMaterial", nullptr}},
            "its bundle has no verificationMaterial"},
        bad_bundle{
            "MaterialIsAText",
            {{"verificationMaterial", "key"}},
            "its bundle has no verificationMaterial"},
        bad_bundle{
            "UnknownMaterial",
            material({{"publicKey", nullptr}, {"spiffe", no_null}}),
            one_material},
        bad_bundle{
            "KeyAndCertificate",
            material({{"certificate", {{"rawBytes", "AAAA"}}}}),
            one_material},
        bad_bundle{"KeyAndChain", material({{"x509CertificateChain", no_null}}), one_material},
        bad_bundle{
            "KeyIsAText",
            material({{"publicKey", "hint"}}),
            "its bundle's publicKey is not an object"},
        bad_bundle{
            "TooManyLogEntries",
            material({{"tlogEntries", repeated(33)}}),
            "its bundle has more than 32 tlogEntries"},
        bad_bundle{
            "LogEntriesAreAText",
            material({{"tlogEntries", "x"}}),
            "its bundle's tlogEntries is not a list"},
        bad_bundle{
            "TooManyTimestamps",
            timestamps(repeated(33)),
            "its bundle has more than 32 rfc3161Timestamps"},
        bad_bundle{"NoContent", {{"dsseEnvelope", nullptr}}, one_content},
        bad_bundle{"BothContents", {{"messageSignature", {{"signature", "AAAA"}}}}, one_content},
        bad_bundle{
            "EnvelopeIsBroken",
            {{"dsseEnvelope", {{"payload", "*"}}}},
            "its envelope's payload is not base64"},
        bad_bundle{
            "OtherPayload",
            {{"dsseEnvelope", {{"payloadType", "text/plain"}}}},
            "its envelope holds text/plain, not an in-toto statement"},
        bad_bundle{
            "NoSignature",
            {{"messageSignature", {{"signature", nullptr}}}},
            "its bundle's signature is not base64",
            true},
        bad_bundle{
            "EmptySignature",
            {{"messageSignature", {{"signature", ""}}}},
            "its bundle's signature is not base64",
            true},
        bad_bundle{
            "SignatureInUrlAlphabet",
            {{"messageSignature", {{"signature", "_w=="}}}},
            "its bundle's signature is not base64",
            true},
        bad_bundle{
            "DigestWithoutAlgorithm",
            message_digest({{"algorithm", nullptr}}),
            no_digest,
            true},
        bad_bundle{"DigestNotBase64", message_digest({{"digest", "*"}}), no_digest, true},
        bad_bundle{
            "DigestOfAnotherImage",
            message_digest({{"digest", "AAAA"}}),
            "its message digest is of another image",
            true},
        bad_bundle{
            "DigestByAnotherHash",
            message_digest({{"algorithm", "SHA2_384"}}),
            "its message digest is SHA2_384, which cannot be compared with the image's",
            true}
    ),
    testing_support::case_name()
);

TEST(Bundle, MustBeStrictJson) {
    signature_candidate candidate = as_candidate(good_envelope());
    candidate.content.insert(1, R"("mediaType":"x",)");
    const auto twice = verify(candidate, *public_half(the_key()), signed_image());
    EXPECT_EQ(twice.answer, malformed);
    EXPECT_EQ(twice.reason, "its bundle has \"mediaType\" twice");
    candidate.content = "<html>";
    const auto html = verify(candidate, *public_half(the_key()), signed_image());
    EXPECT_EQ(html.answer, malformed);
    EXPECT_EQ(html.reason, "its bundle is not JSON (byte 1)");
}

} // namespace
} // namespace gatehouse::policy
