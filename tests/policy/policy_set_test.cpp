#include "policy/policy_set.h"

#include "tests/support/judging.h"
#include "tests/support/policy_text.h"
#include "tests/support/signature_policies.h"

#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::alias_of;
using testing_support::judged_request;
using testing_support::patterns;
using testing_support::pod_of;

/// The policy, in a set with alias.example as another name of `host`.
policy_document folded(
    const std::string& repository,
    std::map<std::string, std::string, std::less<>> aliases
) {
    auto read = testing_support::parsed(testing_support::policy_with_spec(R"(  images:
    allow: [alias.example/a]
    deny: [alias.example/b]
  signatures:
  - name: s
    images: [alias.example/c]
    excludeImages: [alias.example/d]
    repository: )" + repository + R"(
    authorities: [{name: x, keys: [{file: /k}]}]
  exemptions:
  - {name: e, images: [alias.example/f], rules: [image-tag], until: never, reason: r}
)"));
    const policy_set set(std::move(read.policies), registry_aliases(std::move(aliases)));
    return set.all().at(0);
}

bool has(const image_patterns& patterns, const std::string& image) {
    return patterns.find(reference::parse(image).value(), "", pattern_use::permit) != nullptr;
}

TEST(PolicySetAliases, AreFoldedInEveryListOfPatterns) {
    const policy_document policy =
        folded("alias.example/sigs", {{"alias.example", "host.example"}});
    EXPECT_TRUE(has(policy.images.value().allow.value(), "host.example/a"));
    EXPECT_TRUE(has(policy.images.value().deny, "host.example/b"));
    EXPECT_TRUE(has(policy.signatures.at(0).images, "host.example/c"));
    EXPECT_TRUE(has(policy.signatures.at(0).exclude_images, "host.example/d"));
    EXPECT_TRUE(has(policy.exemptions.at(0).images, "host.example/f"));
    EXPECT_EQ(policy.signatures.at(0).repository, "host.example/sigs");
}

TEST(PolicySetAliases, WithoutThemNothingChanges) {
    const policy_document policy = folded("alias.example/sigs", {});
    EXPECT_FALSE(has(policy.images.value().deny, "host.example/b"));
    EXPECT_TRUE(has(policy.images.value().deny, "alias.example/b"));
    EXPECT_EQ(policy.signatures.at(0).repository, "alias.example/sigs");
}

TEST(PolicySetAliases, LeaveARepositoryThatWouldBecomeTooLong) {
    const std::string longest =
        "alias.example/" + std::string(255 - std::string("alias.example/").size(), 's');
    const policy_document policy = folded(longest, {{"alias.example", "longer-host.example"}});
    EXPECT_EQ(policy.signatures.at(0).repository, longest);
}

TEST(PolicySetAliases, HoldForAllowListsAndExemptions) {
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

TEST(PolicySetEvidence, IsWantedBySignaturesAndUsersOfImages) {
    EXPECT_TRUE(
        policy_set(testing_support::parsed(testing_support::policy_with_spec(R"(  signatures:
  - name: s
    images: [a.example/a]
    authorities: [{name: x, static: Fail}]
)"))
                       .policies)
            .may_want_evidence()
    );
    EXPECT_TRUE(policy_set(testing_support::parsed(
                               testing_support::policy_with_spec("  runAs: {imageUser: Resolve}\n")
                           )
                               .policies)
                    .may_want_evidence());
    EXPECT_FALSE(policy_set(testing_support::parsed(testing_support::policy_with_spec(
                                                        "  images: {denyTags: [latest]}\n"
                                                    ))
                                .policies)
                     .may_want_evidence());
}

} // namespace
} // namespace gatehouse::policy
