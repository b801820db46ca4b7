// Which signatures a plan wants to be looked up.
#include "policy/decide.h"
#include "tests/support/judging.h"
#include "tests/support/signature_policies.h"

#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::policy {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

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

} // namespace
} // namespace gatehouse::policy
