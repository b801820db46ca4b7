#include "policy/signature/simple_signing.h"

#include "policy/signature/verify.h"
#include "tests/support/case_name.h"
#include "tests/support/signed_image.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using nlohmann::json;
using testing_support::public_half;
using testing_support::shared_key;
using testing_support::signed_image;
using testing_support::signing_key;
using testing_support::simple_signing;
using testing_support::simple_signing_payload;
using enum signature_answer;

const signing_key& the_key() {
    static const signing_key key("P-256");
    return key;
}

signature_outcome outcome_of(const signature_candidate& candidate) {
    return verify(candidate, *public_half(the_key()), signed_image());
}

signature_outcome outcome_of(std::string_view payload) {
    return outcome_of(simple_signing(the_key(), payload));
}

TEST(SimpleSigning, MakesAFact) {
    const auto outcome = outcome_of(simple_signing_payload().dump());
    ASSERT_EQ(outcome.answer, match) << outcome.reason;
    EXPECT_EQ(outcome.reason, "");
    ASSERT_TRUE(outcome.fact);
    EXPECT_EQ(outcome.fact->subject, signed_image());
    EXPECT_EQ(outcome.fact->key, public_half(the_key())->id());
    EXPECT_EQ(outcome.fact->hash, hash_algorithm::sha256);
    EXPECT_EQ(outcome.fact->type, statement_type::simple_signing);
    EXPECT_EQ(outcome.fact->store, signature_store::signature_tag);
    EXPECT_EQ(outcome.fact->identity, "reg.example/team/app");
    EXPECT_EQ(
        outcome.fact->annotations,
        (std::map<std::string, std::string>{{"env", "prod"}, {"team", "core"}})
    );
    EXPECT_EQ(outcome.fact->where, "sha256-aa.sig layer 1");
}

TEST(SimpleSigning, IsVerifiedOverTheBytesAsTheyAreStored) {
    const std::string pretty = simple_signing_payload().dump(4) + "\n";
    EXPECT_EQ(outcome_of(pretty).answer, match);
    signature_candidate other = simple_signing(the_key(), pretty);
    other.content = simple_signing_payload().dump();
    EXPECT_EQ(outcome_of(other).answer, no_match);
}

TEST(SimpleSigning, TakesWhatEveryKeyOfRealToolsMakes) {
    for (const char* kind : {"P-256", "P-384", "P-521", "RSA:2048", "ED25519", "SM2"}) {
        const signing_key& key = shared_key(kind);
        const auto candidate = simple_signing(key, simple_signing_payload().dump());
        EXPECT_EQ(verify(candidate, *public_half(key), signed_image()).answer, match) << kind;
    }
    const signing_key key("ED25519");
    const auto prehashed =
        simple_signing(key, simple_signing_payload().dump(), {.prehashed = true});
    EXPECT_EQ(verify(prehashed, *public_half(key), signed_image()).answer, match);
}

TEST(SimpleSigning, IsNoMatchForAnotherKey) {
    const auto candidate = simple_signing(the_key(), simple_signing_payload().dump());
    const auto outcome = verify(candidate, *public_half(signing_key("P-256")), signed_image());
    EXPECT_EQ(outcome.answer, no_match);
    EXPECT_FALSE(outcome.fact);
    EXPECT_EQ(outcome.reason, "was not signed with this key");
}

TEST(SimpleSigning, OfAnotherImageIsADefect) {
    const auto candidate = simple_signing(the_key(), simple_signing_payload().dump());
    const auto outcome = verify(candidate, *public_half(the_key()), digest::of("other"));
    EXPECT_EQ(outcome.answer, malformed);
    EXPECT_FALSE(outcome.fact);
    EXPECT_EQ(outcome.reason, "its payload names another image, " + signed_image().text());
}

TEST(SimpleSigning, OfAnImageWithALongDigest) {
    const digest image = digest::of("manifest", digest_algorithm::sha512);
    json payload = simple_signing_payload();
    payload["critical"]["image"]["docker-manifest-digest"] = image.text();
    const auto candidate = simple_signing(the_key(), payload.dump());
    EXPECT_EQ(verify(candidate, *public_half(the_key()), image).answer, match);
}

class ChangedByte : public testing::TestWithParam<std::string> {
  protected:
    [[nodiscard]] signature_answer answer_to(
        const signature_candidate& candidate,
        const digest& image = signed_image()
    ) const {
        return verify(candidate, *half_, image).answer;
    }

    std::shared_ptr<const public_key> half_ = public_half(shared_key(GetParam()));
    signature_candidate good_ =
        simple_signing(shared_key(GetParam()), simple_signing_payload().dump());
};

TEST_P(ChangedByte, OfThePayloadIsRefused) {
    ASSERT_EQ(answer_to(good_), match);
    for (std::size_t at = 0; at < good_.content.size(); ++at) {
        signature_candidate changed = good_;
        changed.content[at] = static_cast<char>(changed.content[at] ^ 0x01);
        EXPECT_NE(answer_to(changed), match) << at;
    }
}

TEST_P(ChangedByte, OfTheSignaturesTextIsRefused) {
    for (std::size_t at = 0; at < good_.signature.size(); ++at) {
        signature_candidate changed = good_;
        changed.signature[at] = changed.signature[at] == 'A' ? 'B' : 'A';
        EXPECT_NE(answer_to(changed), match) << at;
    }
}

TEST_P(ChangedByte, OfTheDigestIsRefused) {
    const std::string image(signed_image().text());
    for (std::size_t at = 7; at < image.size(); ++at) {
        std::string changed = image;
        changed[at] = changed[at] == '0' ? '1' : '0';
        EXPECT_NE(answer_to(good_, digest::parse(changed).value()), match) << at;
    }
}

INSTANTIATE_TEST_SUITE_P(
    All,
    ChangedByte,
    testing::Values("P-256", "P-384", "P-521", "RSA:2048", "ED25519", "SM2"),
    [](const auto& tested) {
        std::string name = tested.param;
        std::erase_if(name, [](char c) { return c == '-' || c == ':'; });
        return name;
    }
);

struct good_payload {
    std::string name;
    json patch; ///< RFC 7396
    std::string identity = "reg.example/team/app";
    std::map<std::string, std::string> annotations = {{"env", "prod"}, {"team", "core"}};
};

class GoodPayload : public testing::TestWithParam<good_payload> {};

TEST_P(GoodPayload, IsTaken) {
    json payload = simple_signing_payload();
    payload.merge_patch(GetParam().patch);
    const auto outcome = outcome_of(payload.dump());
    ASSERT_EQ(outcome.answer, match) << outcome.reason;
    EXPECT_EQ(outcome.fact->identity, GetParam().identity);
    EXPECT_EQ(outcome.fact->annotations, GetParam().annotations);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    GoodPayload,
    testing::Values(
        good_payload{"OfPodman", {{"critical", {{"type", "atomic container signature"}}}}},
        good_payload{"WithoutOptional", {{"optional", nullptr}}, "reg.example/team/app", {}},
        good_payload{
            "WithOtherKindsOfAnnotations",
            {{"optional", {{"timestamp", 1700000000}, {"env", nullptr}, {"list", {1, 2}}}}},
            "reg.example/team/app",
            {{"team", "core"}}},
        good_payload{"WithoutIdentity", {{"critical", {{"identity", nullptr}}}}, ""},
        good_payload{"WithAMemberThatIsNotCritical", {{"other", 1}}}
    ),
    testing_support::case_name()
);

TEST(SimpleSigning, TakesOptionalThatIsNull) {
    json payload = simple_signing_payload();
    payload["optional"] = nullptr;
    const auto outcome = outcome_of(payload.dump());
    ASSERT_EQ(outcome.answer, match) << outcome.reason;
    EXPECT_TRUE(outcome.fact->annotations.empty());
}

struct bad_payload {
    std::string name;
    json patch;
    std::string reason;
};

class BadPayload : public testing::TestWithParam<bad_payload> {};

TEST_P(BadPayload, IsADefectWithItsReason) {
    json payload = simple_signing_payload();
    payload.merge_patch(GetParam().patch);
    const auto outcome = outcome_of(payload.dump());
    EXPECT_EQ(outcome.answer, malformed);
    EXPECT_FALSE(outcome.fact);
    EXPECT_EQ(outcome.reason, GetParam().reason);
}

json critical(json value) { return {{"critical", std::move(value)}}; }

json manifest_digest(json value) {
    return critical({{"image", {{"docker-manifest-digest", std::move(value)}}}});
}

std::string upper(std::string text) {
    for (char& c : text) {
        c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return text;
}

json many_annotations() {
    json out = json::object();
    for (int i = 0; i < 257; ++i) {
        out["key" + std::to_string(i)] = "x";
    }
    return {{"optional", out}};
}

const std::string no_digest = "its payload has no critical.image.docker-manifest-digest";

INSTANTIATE_TEST_SUITE_P(
    All,
    BadPayload,
    testing::Values(
        bad_payload{"NoObject", json::array(), "its payload has no critical part"},
        bad_payload{"NoCritical", critical(nullptr), "its payload has no critical part"},
        bad_payload{"CriticalIsAList", critical(json::array()), "its payload has no critical part"},
        bad_payload{"NoType", critical({{"type", nullptr}}), "its payload has no critical.type"},
        bad_payload{"TypeIsANumber", critical({{"type", 1}}), "its payload has no critical.type"},
        bad_payload{
            "OtherType",
            critical({{"type", "cosign container image attestation\n"}}),
            "its payload is of type \"cosign container image attestation\\n\", not an image "
            "signature"},
        bad_payload{"NoImage", critical({{"image", nullptr}}), no_digest},
        bad_payload{"ImageIsAText", critical({{"image", signed_image().text()}}), no_digest},
        bad_payload{"NoDigest", manifest_digest(nullptr), no_digest},
        bad_payload{"DigestIsAList", manifest_digest({signed_image().text()}), no_digest},
        bad_payload{
            "OtherDigest",
            manifest_digest("sha256:0"),
            "its payload names another image, sha256:0"},
        bad_payload{
            "DigestInUpperCase",
            manifest_digest("sha256:" + upper(std::string(signed_image().hex()))),
            "its payload names another image, sha256:" + upper(std::string(signed_image().hex()))},
        bad_payload{
            "UnknownCriticalMember",
            critical({{"expires", "2027-01-01"}}),
            "its payload has an unknown member critical.expires"},
        bad_payload{
            "IdentityIsNoName",
            critical({{"identity", {{"docker-reference", 7}}}}),
            "its payload's critical.identity.docker-reference is not a name"},
        bad_payload{
            "IdentityTooLong",
            critical({{"identity", {{"docker-reference", std::string(1025, 'a')}}}}),
            "its payload's critical.identity.docker-reference is not a name"},
        bad_payload{
            "OptionalIsAText",
            {{"optional", "env=prod"}},
            "its payload's optional parts are not an object"},
        bad_payload{
            "TooManyAnnotations",
            many_annotations(),
            "its payload's optional parts are more than 256"},
        bad_payload{
            "AnnotationTooLong",
            {{"optional", {{"env", std::string(4097, 'x')}}}},
            "its payload's optional parts hold more than 4096 bytes"}
    ),
    testing_support::case_name()
);

TEST(SimpleSigning, WithAByteOrderMarkIsADefect) {
    const auto outcome = outcome_of("\xef\xbb\xbf" + simple_signing_payload().dump());
    EXPECT_EQ(outcome.answer, malformed);
    EXPECT_EQ(outcome.reason, "its payload starts with a byte order mark");
}

TEST(SimpleSigning, WithTwoDigestsIsADefect) {
    std::string payload = simple_signing_payload().dump();
    const std::string name = "\"docker-manifest-digest\":";
    payload.insert(payload.find(name), name + "\"sha256:0\",");
    const auto outcome = outcome_of(payload);
    EXPECT_EQ(outcome.answer, malformed);
    EXPECT_EQ(outcome.reason, "its payload has \"docker-manifest-digest\" twice");
}

TEST(SimpleSigning, TenThousandLevelsDeepIsADefect) {
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    std::string payload = simple_signing_payload().dump();
    payload.insert(1, "\"deep\":" + deep + ",");
    const auto outcome = outcome_of(payload);
    EXPECT_EQ(outcome.answer, malformed);
    EXPECT_EQ(outcome.reason, "its payload has more than 100 levels");
}

TEST(SimpleSigning, WithoutASignatureIsADefect) {
    signature_candidate candidate = simple_signing(the_key(), simple_signing_payload().dump());
    for (const char* signature : {"", "AAA", "not base64!"}) {
        candidate.signature = signature;
        const auto outcome = outcome_of(candidate);
        EXPECT_EQ(outcome.answer, malformed);
        EXPECT_EQ(outcome.reason, "its signature is not base64");
    }
    candidate.signature = std::string(4100, 'A');
    EXPECT_EQ(outcome_of(candidate).reason, "its signature has more than 4096 bytes");
}

TEST(SimpleSigning, LargerThanSixteenMebibytesIsADefect) {
    signature_candidate candidate = simple_signing(the_key(), simple_signing_payload().dump());
    candidate.content.resize(std::size_t{16} * 1024 * 1024 + 1, ' ');
    const auto outcome = outcome_of(candidate);
    EXPECT_EQ(outcome.answer, malformed);
    EXPECT_EQ(outcome.reason, "is larger than 16 MiB");
}

} // namespace
} // namespace gatehouse::policy
