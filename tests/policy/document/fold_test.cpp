#include "policy/document/fold.h"

#include "tests/support/policy_text.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace gatehouse::policy {
namespace {

policy_document everywhere() {
    return testing_support::parsed(testing_support::policy_with_spec(R"(  images:
    allow: [alias.example/a]
    deny: [alias.example/b]
  signatures:
  - name: s
    images: [alias.example/c]
    excludeImages: [alias.example/d]
    repository: alias.example/sigs
    authorities: [{name: x, keys: [{file: /k}]}]
  exemptions:
  - {name: e, images: [alias.example/f], rules: [image-tag], until: never, reason: r}
)"))
        .policies.at(0);
}

registry_aliases alias_of(const std::string& host) {
    std::map<std::string, std::string, std::less<>> hosts;
    hosts.emplace("alias.example", host);
    return registry_aliases(std::move(hosts));
}

bool has(const image_patterns& patterns, const std::string& path) {
    const reference image = reference::parse("host.example/" + path).value();
    return patterns.find(image, "", pattern_use::permit) != nullptr;
}

TEST(FoldedPolicy, NamesHostsInEveryListOfPatterns) {
    const registry_aliases aliases = alias_of("host.example");
    const policy_document policy = fold(everywhere(), aliases).value();
    EXPECT_TRUE(has(policy.images.value().allow.value(), "a"));
    EXPECT_TRUE(has(policy.images.value().deny, "b"));
    EXPECT_TRUE(has(policy.signatures.at(0).images, "c"));
    EXPECT_TRUE(has(policy.signatures.at(0).exclude_images, "d"));
    EXPECT_TRUE(has(policy.exemptions.at(0).images, "f"));
    EXPECT_EQ(policy.signatures.at(0).repository, "host.example/sigs");
}

TEST(FoldedPolicy, IsTheSameWithoutAliases) {
    const policy_document policy = fold(everywhere(), registry_aliases()).value();
    EXPECT_FALSE(has(policy.images.value().deny, "b"));
    EXPECT_EQ(policy.signatures.at(0).repository, "alias.example/sigs");
}

TEST(FoldedPolicy, RefusesARepositoryThatBecomesTooLong) {
    policy_document policy = everywhere();
    policy.signatures.at(0).repository =
        "alias.example/" + std::string(255 - std::string("alias.example/").size(), 's');
    const registry_aliases aliases = alias_of("long-host.example");
    const auto folded = fold(std::move(policy), aliases);
    ASSERT_FALSE(folded);
    EXPECT_EQ(
        folded.error().detail(),
        "the repository of the signatures entry s of policy p: the name has 259 characters with "
        "its registry; at most 255 are allowed"
    );
}

} // namespace
} // namespace gatehouse::policy
