#include "policy/rules/rules.h"
#include "tests/support/case_name.h"
#include "tests/support/signature_policies.h"

#include <gmock/gmock.h>

#include <functional>

namespace gatehouse::policy {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of

const std::string by_tag = "reg.example/app:1";
const std::string by_digest = "reg.example/app@" + digest_text('a');

/// Kept apart from the evidence, which the answer points into.
signature_result judged(
    const signature_entry& entry,
    const std::string& image,
    const evidence& known
) {
    static const registry_aliases none;
    const judged_image one{{element_kind::container, 0, "app"}, image, read_image(image, none)};
    return judge_image_signature(entry, one, known, none);
}

evidence only(image_evidence one) {
    evidence out;
    out.images.push_back(std::move(one));
    return out;
}

/// An entry, the verified signatures of by_tag's digest, what else is changed, and what is said.
struct verb_case {
    std::string name;
    signature_entry entry;
    std::vector<verified_signature> verified;
    std::function<void(image_evidence&)> change;
    std::string text; ///< behind "image reg.example/app:1 "; empty where satisfied
    std::string image = by_tag;
};

class ImageSignature : public testing::TestWithParam<verb_case> {};

TEST_P(ImageSignature, SaysWhatIsMissing) {
    const verb_case& row = GetParam();
    image_evidence one = evidence_of(row.image, 'a', row.verified);
    if (row.change) {
        row.change(one);
    }
    const evidence known = only(std::move(one));
    const signature_result got = judged(row.entry, row.image, known);
    EXPECT_EQ(got.found.has_value(), !row.text.empty());
    EXPECT_EQ(got.verified != nullptr, row.text.empty());
    if (got.found) {
        EXPECT_EQ(got.found->text, "image " + row.image + " " + row.text);
        EXPECT_EQ(got.found->field, "spec.containers[0].image");
        EXPECT_EQ(got.found->rule, rule_id::image_signature);
    }
}

const std::string sign = "sign " + digest_text('a') + " with a key of ";

signature_entry two(std::size_t threshold) {
    signature_entry out = entry_of({signer("kms", {"P-256"}), signer("ci", {"P-384"})});
    out.threshold = threshold;
    return out;
}
signature_entry of_three(std::size_t threshold) {
    signature_entry out =
        entry_of({signer("kms", {"P-256"}), signer("ci", {"P-384"}), signer("qa", {"ED25519"})});
    out.threshold = threshold;
    return out;
}
signature_entry elsewhere() {
    signature_entry out = kms();
    out.repository = "reg.example/app";
    return out;
}
signature_entry with_annotation() {
    signature_entry out = kms();
    out.annotations = {{"env", "prod"}};
    return out;
}
signature_entry matching() {
    signature_entry out = kms();
    out.match_repository = true;
    return out;
}
verified_signature annotated(const std::string& value) {
    verified_signature out = signed_by("P-256", 'a');
    out.annotations = {{"env", value}};
    return out;
}
verified_signature naming(const std::string& identity) {
    verified_signature out = signed_by("P-256", 'a');
    out.identity = identity;
    return out;
}
void hold(image_evidence& one, std::size_t candidates, std::vector<std::string> defects) {
    facts_in(one).candidates = candidates;
    facts_in(one).defects = std::move(defects);
}

INSTANTIATE_TEST_SUITE_P(
    Verbs,
    ImageSignature,
    testing::Values(
        verb_case{"Signed", kms(), {signed_by("P-256", 'a')}, {}, ""},
        verb_case{"NotSigned", kms(), {}, {}, "is not signed; " + sign + "kms"},
        verb_case{
            "NotSignedByDigest",
            kms(),
            {},
            {},
            "is not signed; sign it with a key of kms, or name the index that holds it if that is "
            "signed",
            by_digest},
        verb_case{
            "NotSignedByDigestElsewhere",
            elsewhere(),
            {},
            {},
            "is not signed; sign it with a key of kms, the signature in reg.example/app",
            by_digest},
        verb_case{
            "NotSignedByAnyOfThree",
            of_three(1),
            {},
            {},
            "is not signed; " + sign + "1 of kms, ci, qa"},
        verb_case{
            "NotSignedByTwoOfThree",
            of_three(2),
            {signed_by("P-384", 'a')},
            {},
            "is signed, but not by 2 of kms, ci, qa (only by ci): 1 signature by other keys; sign "
                + digest_text('a') + " with keys of 2 of kms, ci, qa"},
        verb_case{
            "OfAnotherImage",
            kms(),
            {signed_by("P-256", 'b')},
            {},
            "is signed, but not by kms: 1 signature by other keys; " + sign + "kms"},
        verb_case{
            "ByAnotherKey",
            kms(),
            {signed_by("P-384", 'a')},
            {},
            "is signed, but not by kms: 1 signature by other keys; " + sign + "kms"},
        verb_case{
            "ByNoKnownKey",
            kms(),
            {},
            [](image_evidence& one) { hold(one, 3, {}); },
            "is signed, but not by kms: 3 signatures by other keys; " + sign + "kms"},
        verb_case{
            "DefectsAreTold",
            kms(),
            {},
            [](image_evidence& one) { hold(one, 1, {"the payload is no JSON"}); },
            "is signed, but not by kms: a signature could not be used: the payload is no JSON; "
                + sign + "kms"},
        verb_case{
            "ManyDefectsAreCounted",
            kms(),
            {},
            [](image_evidence& one) {
                hold(one, 4, {"a", "b", "c", "d"});
            },
            "is signed, but not by kms: a signature could not be used: a, a signature could not be "
            "used: b and 2 more; "
                + sign + "kms"},
        verb_case{
            "ADefectBesideAGoodOneIsNothing",
            kms(),
            {signed_by("P-256", 'a')},
            [](image_evidence& one) { hold(one, 2, {"the payload is no JSON"}); },
            ""},
        verb_case{
            "SecondKeyOfTheSigner",
            entry_of({signer("kms", {"P-256", "P-384"})}),
            {signed_by("P-384", 'a')},
            {},
            ""},
        verb_case{"OneOfTwo", two(1), {signed_by("P-384", 'a')}, {}, ""},
        verb_case{"NoneOfTwo", two(1), {}, {}, "is not signed; " + sign + "kms or ci"},
        verb_case{
            "ThresholdMet",
            two(2),
            {signed_by("P-256", 'a'), signed_by("P-384", 'a')},
            {},
            ""},
        verb_case{
            "ThresholdMissed",
            two(2),
            {signed_by("P-384", 'a')},
            {},
            "is signed, but not by kms and ci (only by ci): 1 signature by other keys; sign "
                + digest_text('a') + " with keys of kms and ci"},
        verb_case{
            "TwoKeysOfOneSignerAreOneSigner",
            [] {
                signature_entry out =
                    entry_of({signer("kms", {"P-256", "P-384"}), signer("ci", {"ED25519"})});
                out.threshold = 2;
                return out;
            }(),
            {signed_by("P-256", 'a'), signed_by("P-384", 'a')},
            {},
            "is signed, but not by kms and ci (only by kms): 2 signatures by other keys; sign "
                + digest_text('a') + " with keys of kms and ci"},
        verb_case{
            "OneKeyOfTwoSignersIsOneSigner",
            [] {
                signature_entry out = entry_of({signer("a", {"P-256"}), signer("b", {"P-256"})});
                out.threshold = 2;
                return out;
            }(),
            {signed_by("P-256", 'a')},
            {},
            "is signed, but not by a and b (only by a): 1 signature by other keys; sign "
                + digest_text('a') + " with keys of a and b"},
        verb_case{"Annotated", with_annotation(), {annotated("prod")}, {}, ""},
        verb_case{
            "AnnotationMissing",
            with_annotation(),
            {signed_by("P-256", 'a')},
            {},
            "is signed, but not by kms: kms signed it without the annotation env; " + sign
                + "kms and the annotations \"env=prod\""},
        verb_case{
            "AnnotationOfAnotherValue",
            with_annotation(),
            {annotated("test")},
            {},
            "is signed, but not by kms: kms signed it with the annotation \"env=test\"; " + sign
                + "kms and the annotations \"env=prod\""},
        verb_case{"NamesNothing", matching(), {naming("")}, {}, ""},
        verb_case{"NamesTheRepository", matching(), {naming("reg.example/app")}, {}, ""},
        verb_case{"NamesItInOtherSpelling", matching(), {naming("REG.example:443/app:2")}, {}, ""},
        verb_case{
            "NamesAnother",
            matching(),
            {naming("reg.example/other")},
            {},
            "is signed, but not by kms: kms signed it as reg.example/other; " + sign + "kms"},
        verb_case{
            "NamesWhatIsNone",
            matching(),
            {naming("no reference")},
            {},
            "is signed, but not by kms: kms signed it as \"no reference\"; " + sign + "kms"},
        verb_case{"AnyIdentity", kms(), {naming("reg.example/other")}, {}, ""}
    ),
    case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Failures,
    ImageSignature,
    testing::Values(
        verb_case{
            "TagCannotBeResolved",
            kms(),
            {signed_by("P-256", 'a')},
            [](image_evidence& one) {
                one.resolved = fetch_failure{
                    failure_cause::dns, "reg.example does not resolve; check the name", true};
            },
            "could not be verified: reg.example does not resolve; check the name"},
        verb_case{
            "SourceCannotBeHad",
            kms(),
            {},
            [](image_evidence& one) {
                one.sources.front().second =
                    fetch_failure{failure_cause::server_error, "reg.example answered 503", true};
            },
            "could not be verified: reg.example answered 503; try again"},
        verb_case{
            "FailureWithoutWords",
            kms(),
            {},
            [](image_evidence& one) {
                one.resolved = fetch_failure{failure_cause::timeout, "", true};
            },
            "could not be verified: timeout; try again"},
        verb_case{
            "AnotherSourceIsNotThisOne",
            [] {
                signature_entry out = kms();
                out.repository = "other.example/signatures";
                return out;
            }(),
            {signed_by("P-256", 'a')},
            {},
            "could not be verified: its signatures were not looked up; try again"},
        verb_case{
            "AnotherDigestThanAskedFor",
            kms(),
            {signed_by("P-256", 'b')},
            [](image_evidence& one) { one.resolved = digest_of('b'); },
            "could not be verified: its signatures were not looked up; try again",
            by_digest}
    ),
    case_name()
);

struct advice_case {
    std::string name;
    failure_cause cause;
    std::string advice;
};

class AdviceOnAFailure : public testing::TestWithParam<advice_case> {};

TEST_P(AdviceOnAFailure, FollowsTheCauseOnce) {
    image_evidence one = evidence_of(by_tag, 'a', {});
    one.resolved = fetch_failure{GetParam().cause, "it failed", true};
    const signature_result got = judged(kms(), by_tag, only(one));
    ASSERT_TRUE(got.found);
    EXPECT_EQ(
        got.found->text,
        "image reg.example/app:1 could not be verified: it failed" + GetParam().advice
    );
    one.resolved = fetch_failure{GetParam().cause, "it failed; mend it", true};
    const signature_result told = judged(kms(), by_tag, only(one));
    ASSERT_TRUE(told.found);
    EXPECT_EQ(
        told.found->text, "image reg.example/app:1 could not be verified: it failed; mend it"
    );
}

INSTANTIATE_TEST_SUITE_P(
    Each,
    AdviceOnAFailure,
    testing::Values(
        advice_case{"Dns", failure_cause::dns, "; check the name of the registry and the DNS"},
        advice_case{
            "Connect",
            failure_cause::connect,
            "; check that the registry is up and can be reached"},
        advice_case{
            "Tls",
            failure_cause::tls_handshake,
            "; a registry without TLS is listed in the ServerConfiguration with plainHTTP: true"},
        advice_case{"Certificate", failure_cause::bad_certificate, ""},
        advice_case{"Unauthorized", failure_cause::unauthorized, ""},
        advice_case{"Forbidden", failure_cause::forbidden, ""},
        advice_case{"PrivateAddress", failure_cause::forbidden_address, ""},
        advice_case{
            "NotFound",
            failure_cause::not_found,
            "; check the name, and whether credentials are needed"},
        advice_case{"Throttled", failure_cause::throttled, "; try again"},
        advice_case{"ServerError", failure_cause::server_error, "; try again"},
        advice_case{"Busy", failure_cause::too_many_lookups, "; try again"},
        advice_case{"Timeout", failure_cause::timeout, "; try again"},
        advice_case{"Malformed", failure_cause::malformed, ""},
        advice_case{"TooLarge", failure_cause::too_large, ""}
    ),
    case_name()
);

TEST(ImageSignatureEvidence, ADetailWithoutAnEndIsCutBeforeItsAdvice) {
    image_evidence one = evidence_of(by_tag, 'a', {});
    one.resolved = fetch_failure{failure_cause::server_error, std::string(4000, 'x'), true};
    const signature_result got = judged(kms(), by_tag, only(std::move(one)));
    ASSERT_TRUE(got.found);
    EXPECT_EQ(
        got.found->text,
        "image reg.example/app:1 could not be verified: " + std::string(317, 'x') + "...; try again"
    );
}

TEST(ImageSignatureEvidence, ThatIsMissingNeverSatisfies) {
    const signature_result got = judged(kms(), by_tag, evidence{});
    ASSERT_TRUE(got.found);
    EXPECT_EQ(
        got.found->text,
        "image reg.example/app:1 could not be verified: its signatures were not looked up; try "
        "again"
    );
}

TEST(ImageSignatureEvidence, IsFoundWhereTheEntryLooks) {
    signature_entry entry = kms();
    entry.repository = "other.example/signatures";
    image_evidence one = evidence_of(by_tag, 'a', {signed_by("P-256", 'a')});
    one.sources.front().first = entry.repository;
    EXPECT_FALSE(judged(entry, by_tag, only(std::move(one))).found);

    const signature_result unsigned_one = [&] {
        image_evidence none = evidence_of(by_tag, 'a', {});
        none.sources.front().first = entry.repository;
        return judged(entry, by_tag, only(std::move(none)));
    }();
    ASSERT_TRUE(unsigned_one.found);
    EXPECT_EQ(
        unsigned_one.found->text,
        "image reg.example/app:1 is not signed; " + sign
            + "kms, the signature in other.example/signatures"
    );
}

TEST(ImageSignatureIdentity, OfDockerHubHasManyNames) {
    const signature_entry entry = matching();
    image_evidence one =
        evidence_of("docker.io/library/nginx:1", 'a', {naming("index.docker.io/library/nginx")});
    EXPECT_FALSE(judged(entry, "nginx:1", only(std::move(one))).found);
}

TEST(ImageSignatureIdentity, IsFoldedByAliases) {
    const registry_aliases aliases = alias_of("images.example", "reg.example");
    const evidence known = only(evidence_of(by_tag, 'a', {naming("images.example/app")}));
    const judged_image image{
        {element_kind::container, 0, "app"}, by_tag, read_image(by_tag, aliases)};
    EXPECT_FALSE(judge_image_signature(matching(), image, known, aliases).found);
}

TEST(StaticEntry, PassesWithoutEvidence) {
    authority platform;
    platform.name = "platform";
    platform.fixed = static_decision::pass;
    EXPECT_FALSE(judged(entry_of({platform}), by_tag, {}).found);
}

TEST(StaticEntry, FailsWithoutEvidence) {
    authority platform;
    platform.name = "platform";
    platform.fixed = static_decision::fail;
    const signature_result got = judged(entry_of({platform}), by_tag, {});
    ASSERT_TRUE(got.found);
    EXPECT_EQ(
        got.found->text,
        "image reg.example/app:1 could not be verified: the signatures entry release refuses "
        "whatever "
        "it selects (static: Fail); use another image"
    );
}

} // namespace
} // namespace gatehouse::policy
