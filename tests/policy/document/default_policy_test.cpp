#include "policy/document/parse.h"
#include "tests/support/policy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::parsed;
using testing_support::texts;

TEST(DefaultPolicy, IsTheOneOfTheDocumentation) {
    const parsed_policies read = parsed(std::string(default_policy_text()));
    ASSERT_THAT(texts(read.errors), IsEmpty());
    EXPECT_THAT(texts(read.warnings), IsEmpty());
    ASSERT_EQ(read.policies.size(), 1U);
    const policy_document& policy = read.policies[0];
    EXPECT_EQ(policy.name, "default");
    EXPECT_EQ(policy.validation_actions, (actions{.deny = true, .warn = false, .audit = false}));
    EXPECT_EQ(policy.workloads, template_mode::warn);
    EXPECT_THAT(
        policy.match.exclude_namespaces,
        ElementsAre("kube-system", "kube-public", "kube-node-lease")
    );
    EXPECT_EQ(policy.pod_security.value().level, security_level::restricted);
    EXPECT_EQ(policy.pod_security.value().version, security_version{});
    EXPECT_THAT(policy.pod_security.value().exempt_checks, IsEmpty());
    EXPECT_FALSE(policy.run_as.has_value());
    EXPECT_THAT(policy.images.value().deny_tags, ElementsAre("latest"));
    EXPECT_FALSE(policy.images.value().allow.has_value());
}

} // namespace
} // namespace gatehouse::policy
