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

std::string pod_of(const std::string& image) {
    return R"({"containers":[{"name":"app","image":")" + image + R"("}]})";
}

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

signature_entry kms() { return entry_of({signer("kms", {"P-256"})}); }

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

std::vector<std::string> wanted(std::vector<policy_document> policies, const std::string& pod) {
    const policy_set set(std::move(policies));
    judged_request request(pod);
    std::vector<std::string> out;
    for (const image_want& want : make_plan(*request, set, now).wants) {
        for (const signature_source& source : want.sources) {
            out.push_back(
                want.image.text() + " in " + source.repository + " by "
                + std::to_string(source.keys.size())
            );
        }
    }
    return out;
}

TEST(SignatureWants, AreMergedOverPoliciesAndContainers) {
    signature_entry elsewhere = entry_of({signer("ci", {"P-384"})});
    elsewhere.repository = "other.example/signatures";
    EXPECT_THAT(
        wanted(
            {policy_of({kms(), elsewhere}),
             policy_of({entry_of({signer("a", {"P-256", "ED25519"}), signer("b", {"P-384"})})})},
            R"({"containers":[{"name":"a","image":"reg.example/app:1"},{"name":"b","image":"reg.example/app:1"}],
                "initContainers":[{"name":"c","image":"REG.example/app:1"}],
                "ephemeralContainers":[{"name":"e","image":"reg.example/tool:1"}],
                "volumes":[{"name":"v","image":{"reference":"reg.example/data:1"}},{"name":"w","emptyDir":{}}]})"
        ),
        ElementsAre(
            "reg.example/app:1 in reg.example/app by 3",
            "reg.example/app:1 in other.example/signatures by 1",
            "reg.example/tool:1 in reg.example/tool by 3",
            "reg.example/tool:1 in other.example/signatures by 1",
            "reg.example/data:1 in reg.example/data by 3",
            "reg.example/data:1 in other.example/signatures by 1"
        )
    );
}

TEST(SignatureWants, AreNothingForWhatNoEntrySelects) {
    signature_entry entry = kms();
    entry.images = patterns({"reg.example/$(namespace)/**"});
    EXPECT_THAT(
        wanted(
            {policy_of({entry})},
            R"({"containers":[{"name":"a","image":"reg.example/test/x:1"},{"name":"b","image":"reg.example/prod/x:1"}]})"
        ),
        ElementsAre("reg.example/prod/x:1 in reg.example/prod/x by 1")
    );
}

TEST(SignatureWants, AreTheSameForEverySpellingOfDockerHub) {
    const std::vector<std::string> spellings = {
        "nginx",
        "library/nginx",
        "docker.io/nginx",
        "docker.io/library/nginx",
        "index.docker.io/nginx",
        "index.docker.io/library/nginx",
        "registry-1.docker.io/library/nginx",
        "Registry-1.Docker.IO:443/library/nginx"};
    for (const std::string& in_policy : spellings) {
        signature_entry entry = kms();
        entry.images = patterns({in_policy});
        for (const std::string& in_pod : spellings) {
            EXPECT_THAT(
                wanted({policy_of({entry})}, pod_of(in_pod)),
                ElementsAre("docker.io/library/nginx:latest in docker.io/library/nginx by 1")
            ) << in_policy
              << " for " << in_pod;
        }
    }
}

TEST(SignatureWants, AreNothingForImagesThatAreDeniedAnyway) {
    policy_document policy = policy_of({kms()});
    policy.images.emplace();
    policy.images->deny_tags = {"bad"};
    const std::string pod =
        R"({"containers":[{"name":"a","image":"reg.example/a:bad"},{"name":"b","image":"reg.example/b:1"}]})";
    EXPECT_THAT(wanted({policy}, pod), ElementsAre("reg.example/b:1 in reg.example/b by 1"));
    policy.images->validation_actions = actions{false, true, false};
    EXPECT_THAT(wanted({policy}, pod), testing::SizeIs(2));
}

TEST(SignatureWants, AreThereForImagesThatOnlyOtherRulesDeny) {
    policy_document policy = policy_of({kms()});
    policy.run_as.emplace();
    policy.run_as->run_as_user = id_strategy{id_rule::must_run_as_non_root, {}};
    EXPECT_THAT(
        wanted({policy}, pod_of("reg.example/b:1")),
        ElementsAre("reg.example/b:1 in reg.example/b by 1")
    );
}

TEST(SignatureWants, AreNothingForStaticEntriesAndUnchangedContainers) {
    authority platform;
    platform.name = "platform";
    platform.fixed = static_decision::pass;
    EXPECT_THAT(
        wanted({policy_of({entry_of({platform})})}, pod_of("reg.example/app:1")), IsEmpty()
    );

    std::vector<policy_document> policies;
    policies.push_back(policy_of({kms()}));
    const policy_set set(std::move(policies));
    judged_request request(
        R"({"containers":[{"name":"a","image":"reg.example/a:1"},{"name":"b","image":"reg.example/b:2"}]})"
    );
    request.set_old(
        R"({"containers":[{"name":"a","image":"reg.example/a:1"},{"name":"b","image":"reg.example/b:1"}]})"
    );
    const plan got = make_plan(*request, set, now);
    ASSERT_EQ(got.wants.size(), 1U);
    EXPECT_EQ(got.wants[0].image.text(), "reg.example/b:2");
}

TEST(SignatureWants, AreUnderTheHostOfAnAlias) {
    signature_entry entry = kms();
    entry.images = patterns({"images.example/**"});
    entry.repository = "images.example/signatures";
    std::vector<policy_document> policies;
    policies.push_back(policy_of({entry}));
    const policy_set set(std::move(policies), alias_of("images.example", "reg.example"));
    judged_request request(
        R"({"containers":[{"name":"a","image":"reg.example/a:1"},{"name":"b","image":"images.example/a:1"}]})"
    );
    const plan got = make_plan(*request, set, now);
    ASSERT_EQ(got.wants.size(), 1U);
    EXPECT_EQ(got.wants[0].image.text(), "reg.example/a:1");
    EXPECT_EQ(got.wants[0].sources.at(0).repository, "reg.example/signatures");
}

TEST(Aliases, HoldForAllowListsAndExemptions) {
    policy_document policy;
    policy.name = "p";
    policy.images.emplace();
    policy.images->allow = patterns({"images.example/**"});
    policy.images->deny = patterns({"images.example/legacy"});
    exemption& hole = policy.exemptions.emplace_back();
    hole.name = "old";
    hole.images = patterns({"reg.example/legacy:1"});
    hole.rules = {rule_id::image_registry};
    std::vector<policy_document> policies;
    policies.push_back(std::move(policy));
    const policy_set set(std::move(policies), alias_of("images.example", "reg.example"));
    EXPECT_THAT(judged_request(pod_of("reg.example/a:1")).lines(set), IsEmpty());
    EXPECT_THAT(judged_request(pod_of("images.example/a:1")).lines(set), IsEmpty());
    EXPECT_THAT(judged_request(pod_of("images.example/legacy:1")).lines(set), IsEmpty());
    EXPECT_THAT(
        judged_request(pod_of("images.example/legacy:2")).lines(set),
        ElementsAre(
            "Deny spec.containers[0].image: container \"app\" image reg.example/legacy:2 is "
            "denied by the pattern images.example/legacy; use another image "
            "[p/image-registry]"
        )
    );
}

TEST(StaticEntries, AreDecidedFromThePolicyTextAlone) {
    const auto policies = policy_with("signatures: [{name: mesh, images: ['reg.example/mesh/**'], "
                                      "authorities: [{name: a, static: "
                                      "Pass}]}, {name: old, images: ['reg.example/old/**'], "
                                      "authorities: [{name: b, static: Fail}]}], "
                                      "unsignedImages: Deny");
    EXPECT_THAT(judged_request(pod_of("reg.example/mesh/proxy:1")).lines(*policies), IsEmpty());
    const std::string field = "Deny spec.containers[0].image: container \"app\" image ";
    EXPECT_THAT(
        judged_request(pod_of("reg.example/old/app:1")).lines(*policies),
        ElementsAre(
            field
            + "reg.example/old/app:1 could not be verified: the signatures entry old refuses "
              "whatever "
              "it selects (static: Fail); use another image [p/image-signature]"
        )
    );
    EXPECT_THAT(
        judged_request(pod_of("reg.example/app:1")).lines(*policies),
        ElementsAre(
            field
            + "reg.example/app:1 could not be verified: no signatures entry of the policy selects "
              "it; "
              "use an image that one selects [p/image-signature]"
        )
    );
}

TEST(DecideOffline, SaysWhatItDidNotCheck) {
    std::vector<policy_document> policies;
    policies.push_back(policy_of({kms()}));
    const policy_set set(std::move(policies));
    judged_request by_digest(pod_of("reg.example/app@" + digest_text('a')));
    const verdict open = decide_offline(make_plan(*by_digest, set, now));
    EXPECT_TRUE(open.allowed());
    EXPECT_THAT(open.not_checked, ElementsAre(rule_id::image_signature));

    judged_request by_tag(pod_of("reg.example/app:1"));
    const verdict denied = decide_offline(make_plan(*by_tag, set, now));
    EXPECT_THAT(lines_of(denied), ElementsAre("Deny" + tag_unknown));

    judged_request of_another(pod_of("other.example/app:1"));
    EXPECT_THAT(decide_offline(make_plan(*of_another, set, now)).not_checked, IsEmpty());
}

TEST(DecideOffline, DecidesWhatThePolicyTextSettles) {
    authority nobody;
    nobody.name = "nobody";
    nobody.fixed = static_decision::fail;
    std::vector<policy_document> policies;
    policies.push_back(policy_of({entry_of({nobody})}));
    const policy_set set(std::move(policies));
    judged_request request(pod_of("reg.example/app:1"));
    const verdict got = decide_offline(make_plan(*request, set, now));
    EXPECT_THAT(
        lines_of(got),
        ElementsAre(
            "Deny" + at
            + "could not be verified: the signatures entry release refuses whatever it selects "
              "(static: Fail); use another image [p/image-signature]"
        )
    );
    EXPECT_THAT(got.not_checked, IsEmpty());
}

} // namespace
} // namespace gatehouse::policy
