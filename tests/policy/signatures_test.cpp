// What follows from the signatures of images, by the modes of a policy and what is known.
#include "policy/decide.h"
#include "tests/support/case_name.h"
#include "tests/support/judging.h"
#include "tests/support/signature_policies.h"

#include <gmock/gmock.h>

#include <functional>

namespace gatehouse::policy {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

verdict decided(
    std::vector<policy_document> policies,
    const std::string& image,
    std::vector<image_evidence> images
) {
    const policy_set set(std::move(policies));
    judged_request request(pod_of(image));
    evidence known;
    known.images = std::move(images);
    verdict out = decide(make_plan(*request, set, now), known);
    for (violation& one : out.violations) { // names of policies die with the set
        for (std::string_view& name : one.policies) {
            name = name == "p" ? "p" : "q";
        }
    }
    for (unverified_use& one : out.unverified) {
        one.policy = "p";
    }
    return out;
}

image_evidence signed_app() {
    return evidence_of("reg.example/app:1", 'a', {signed_by("P-256", 'a')});
}
image_evidence failed_app(failure_cause cause, bool host_is_listed) {
    image_evidence out = signed_app();
    out.resolved = fetch_failure{cause, "it broke; mend it", host_is_listed};
    return out;
}

const std::string at = " spec.containers[0].image: container \"app\" image reg.example/app:1 ";
const std::string tag_known =
    at + "is not named by digest; write reg.example/app@" + digest_text('a') + " [p/image-digest]";
const std::string tag_unknown =
    at + "is not named by digest; write reg.example/app@sha256:<digest> [p/image-digest]";
const std::string not_signed =
    at + "is not signed; sign " + digest_text('a') + " with a key of kms [p/image-signature]";
const std::string broken = at + "could not be verified: it broke; mend it [p/image-signature]";

struct mode_case {
    std::string name;
    std::function<void(policy_document&)> change;
    image_evidence known;
    std::vector<std::string> lines;
};

class SignatureModes : public testing::TestWithParam<mode_case> {};

TEST_P(SignatureModes, DecideWhatFollows) {
    policy_document policy = policy_of({kms()});
    GetParam().change(policy);
    EXPECT_EQ(
        lines_of(decided({std::move(policy)}, "reg.example/app:1", {GetParam().known})),
        GetParam().lines
    );
}

using document = policy_document;
image_evidence unsigned_app() { return evidence_of("reg.example/app:1", 'a', {}); }
void allow_tags(document& p) { p.signatures.front().tags = tag_mode::allow; }

INSTANTIATE_TEST_SUITE_P(
    Decide,
    SignatureModes,
    testing::Values(
        mode_case{"TagsDeny", [](document&) {}, signed_app(), {"Deny" + tag_known}},
        mode_case{
            "TagsWarn",
            [](document& p) { p.signatures.front().tags = tag_mode::warn; },
            signed_app(),
            {"Warn" + tag_known}},
        mode_case{"TagsAllow", allow_tags, signed_app(), {}},
        mode_case{
            "TagAndSignature",
            [](document&) {},
            unsigned_app(),
            {"Deny" + not_signed, "Deny" + tag_unknown}},
        mode_case{
            "EntryHasItsOwnActions",
            [](document& p) {
                p.signatures.front().validation_actions = actions{false, true, true};
            },
            unsigned_app(),
            {"Warn" + not_signed,
             "Audit" + not_signed,
             "Warn" + tag_unknown,
             "Audit" + tag_unknown}},
        mode_case{
            "TagsWarnNeverSaysMoreThanTheEntry",
            [](document& p) {
                p.signatures.front().validation_actions = actions{false, false, true};
                p.signatures.front().tags = tag_mode::warn;
            },
            signed_app(),
            {"Audit" + tag_known}},
        mode_case{
            "OneDigestFindingOfRuleAndEntry",
            [](document& p) {
                p.images.emplace();
                p.images->require_digest = true;
                p.images->validation_actions = actions{false, true, false};
                p.signatures.front().tags = tag_mode::warn;
            },
            signed_app(),
            {"Warn" + tag_known}},
        mode_case{
            "ExemptionLifts",
            [](document& p) {
                exemption& hole = p.exemptions.emplace_back();
                hole.name = "old";
                hole.images = patterns({"reg.example/app"});
                hole.rules = {rule_id::image_signature, rule_id::image_digest};
            },
            unsigned_app(),
            {}},
        mode_case{
            "OutageDenies",
            allow_tags,
            failed_app(failure_cause::dns, true),
            {"Deny" + broken}},
        mode_case{
            "OutageWarns",
            [](document& p) {
                allow_tags(p);
                p.on_registry_unavailable = on_unavailable::warn;
            },
            failed_app(failure_cause::dns, true),
            {"Warn" + broken}},
        mode_case{
            "OutageModeExcusesNoMissingSignature",
            [](document& p) {
                allow_tags(p);
                p.on_registry_unavailable = on_unavailable::warn;
            },
            unsigned_app(),
            {"Deny" + not_signed}},
        mode_case{
            "OutageOfAnUnlistedHostDenies",
            [](document& p) {
                allow_tags(p);
                p.on_registry_unavailable = on_unavailable::warn;
            },
            failed_app(failure_cause::dns, false),
            {"Deny" + broken}},
        mode_case{
            "OutageDoesNotLiftTheTag",
            [](document& p) { p.on_registry_unavailable = on_unavailable::warn; },
            failed_app(failure_cause::timeout, true),
            {"Warn" + broken, "Deny" + tag_unknown}},
        mode_case{
            "UnselectedIsDenied",
            [](document& p) {
                p.signatures.front().exclude_images = patterns({"reg.example/app"});
                p.unsigned_image = unsigned_images::deny;
            },
            signed_app(),
            {"Deny" + at
             + "could not be verified: no signatures entry of the policy selects it; use an image "
               "that one selects [p/image-signature]"}},
        mode_case{
            "UnselectedIsWarnedOf",
            [](document& p) {
                p.signatures.front().exclude_images = patterns({"reg.example/app"});
                p.unsigned_image = unsigned_images::warn;
            },
            signed_app(),
            {"Warn" + at
             + "could not be verified: no signatures entry of the policy selects it; use an image "
               "that one selects [p/image-signature]"}},
        mode_case{
            "UnselectedIsExempt",
            [](document& p) {
                p.signatures.clear();
                p.unsigned_image = unsigned_images::deny;
                exemption& hole = p.exemptions.emplace_back();
                hole.name = "old";
                hole.images = patterns({"reg.example/app"});
                hole.rules = {rule_id::image_signature};
            },
            unsigned_app(),
            {}},
        mode_case{
            "UnselectedIsAllowed",
            [](document& p) {
                p.signatures.front().exclude_images = patterns({"reg.example/app"});
            },
            unsigned_app(),
            {}}
    ),
    case_name()
);

TEST(SignatureModes, OnlyOutagesCountAsOutages) {
    policy_document policy = policy_of({kms()});
    allow_tags(policy);
    policy.on_registry_unavailable = on_unavailable::warn;
    for (int cause = 0; cause <= static_cast<int>(failure_cause::too_many_lookups); ++cause) {
        const auto one = static_cast<failure_cause>(cause);
        const verdict got = decided({policy}, "reg.example/app:1", {failed_app(one, true)});
        EXPECT_EQ(got.allowed(), is_outage(one)) << name_of(one);
        EXPECT_EQ(got.unverified.size(), is_outage(one) ? 1U : 0U) << name_of(one);
    }
}

TEST(SignatureModes, AnUnverifiedAdmissionIsRecorded) {
    policy_document policy = policy_of({kms()});
    allow_tags(policy);
    policy.on_registry_unavailable = on_unavailable::warn;
    const verdict got =
        decided({policy}, "reg.example/app:1", {failed_app(failure_cause::connect, true)});
    EXPECT_THAT(
        got.unverified,
        ElementsAre(unverified_use{"p", failure_cause::connect, "reg.example/app:1"})
    );
    EXPECT_THAT(got.images, IsEmpty());
}

TEST(SignatureModes, AnOutageOfOneImageIsRecordedOnce) {
    policy_document policy = policy_of({kms(), kms()});
    policy.signatures[1].name = "again";
    for (signature_entry& entry : policy.signatures) {
        entry.tags = tag_mode::allow;
    }
    policy.on_registry_unavailable = on_unavailable::warn;
    const verdict got =
        decided({policy}, "reg.example/app:1", {failed_app(failure_cause::connect, true)});
    EXPECT_TRUE(got.allowed());
    EXPECT_THAT(
        got.unverified,
        ElementsAre(unverified_use{"p", failure_cause::connect, "reg.example/app:1"})
    );
}

TEST(SignatureModes, WhatWasNotLookedUpIsNoAllow) {
    policy_document policy = policy_of({kms()});
    allow_tags(policy);
    const verdict got = decided({policy}, "reg.example/app:1", {});
    EXPECT_THAT(
        lines_of(got),
        ElementsAre(
            "Deny" + at
            + "could not be verified: its signatures were not looked up; try again "
              "[p/image-signature]"
        )
    );
    EXPECT_THAT(got.images, IsEmpty());
}

TEST(SignatureModes, DigestsAndAgesAreTold) {
    policy_document policy = policy_of({kms()});
    allow_tags(policy);
    const std::vector<std::pair<std::chrono::seconds, std::string>> ages = {
        {std::chrono::seconds(119), "119 s"},
        {std::chrono::seconds(120), "2 min"},
        {std::chrono::minutes(119), "119 min"},
        {std::chrono::minutes(150), "2 h"}};
    for (const auto& [age, shown] : ages) {
        image_evidence known = signed_app();
        known.stale = age;
        const verdict got = decided({policy}, "reg.example/app:1", {known});
        EXPECT_TRUE(got.allowed());
        ASSERT_EQ(got.images.size(), 1U);
        EXPECT_EQ(got.images[0].image, "reg.example/app:1");
        EXPECT_EQ(got.images[0].digest, digest_text('a'));
        EXPECT_THAT(
            got.further_warnings,
            ElementsAre(
                "image reg.example/app:1 was judged by what was known of it " + shown
                + " ago: its registry cannot be had now"
            )
        );
    }
}

TEST(SignatureModes, PoliciesThatFindTheSameShareALine) {
    policy_document second = policy_of({kms()});
    second.name = "q";
    const verdict got =
        decided({policy_of({kms()}), second}, "reg.example/app:1", {unsigned_app()});
    ASSERT_EQ(got.violations.size(), 2U);
    EXPECT_THAT(got.violations[0].policies, ElementsAre("p", "q"));
}

TEST(SignatureModes, WhatIsNoReferenceIsJudgedByTheStrictestSection) {
    policy_document policy = policy_of({kms()});
    policy.images.emplace();
    policy.images->validation_actions = actions{false, true, false};
    const verdict got = decided({policy}, "reg.example/App", {});
    EXPECT_FALSE(got.allowed());
    ASSERT_EQ(got.violations.size(), 1U);
    EXPECT_EQ(got.violations[0].rule, rule_id::image_reference);
}

TEST(SignatureModes, WhatIsNoReferenceGetsTheActionsOfEverySection) {
    const auto actions_for = [&](const policy_document& policy) {
        std::vector<std::string> out;
        for (const std::string& line : lines_of(decided({policy}, "reg.example/App", {}))) {
            out.push_back(line.substr(0, line.find(' ')));
        }
        return out;
    };
    policy_document policy = policy_of({kms(), kms()});
    policy.signatures[0].validation_actions = actions{false, true, false};
    policy.signatures[1].validation_actions = actions{false, false, true};
    EXPECT_THAT(actions_for(policy), ElementsAre("Warn", "Audit"));
    policy.images.emplace();
    policy.images->validation_actions = actions{true, false, false};
    EXPECT_THAT(actions_for(policy), ElementsAre("Deny", "Audit"));
    policy_document bare;
    bare.name = "p";
    bare.unsigned_image = unsigned_images::warn;
    EXPECT_THAT(actions_for(bare), ElementsAre("Deny"));
}

} // namespace
} // namespace gatehouse::policy
