#include "policy/checks/registry.h"

#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing_support::lines_of;
using testing_support::pod_builder;

std::vector<std::string> rules_of(const std::vector<finding>& found) {
    std::vector<std::string> ids;
    for (const finding& one : found) {
        ids.emplace_back(id_of(one.rule));
    }
    return ids;
}

const check& check_of(rule_id rule) {
    return **std::ranges::find(all_checks(), rule, &check::rule);
}

/// Breaks every check that there is at the newest version.
void break_everything(pod_builder& p) {
    container& app = p.app();
    app.security.privileged = true;
    app.security.allow_privilege_escalation = true;
    app.security.capabilities = capabilities{.add = p.texts({"SYS_ADMIN"}), .drop = {}};
    app.security.proc_mount = "Unmasked";
    app.security.windows = windows_options{.host_process = true, .run_as_user_name = {}};
    app.host_ports = p.list_of<host_port>({{0, 80}});
    app.handler_hosts = p.list_of<handler_host>({{"livenessProbe.httpGet", "localhost"}});
    p.security().run_as_user = 0;
    p.security().run_as_non_root = false;
    p.security().se_linux = se_linux_options{.type = "spc_t", .user = {}, .role = {}};
    p.security().seccomp = security_profile{"Unconfined"};
    p.security().app_armor = security_profile{"Unconfined"};
    p.security().sysctls = p.texts({"kernel.msgmax"});
    p.pod().host_network = true;
    p.add_volume("data", {"hostPath"});
    p.annotate("seccomp.security.alpha.kubernetes.io/pod", "unconfined");
}

TEST(CheckTable, IsInOrderOfTheRuleIds) {
    EXPECT_TRUE(std::ranges::is_sorted(all_checks(), {}, &check::rule));
    std::vector<rule_id> standard;
    std::ranges::copy_if(all_rules(), std::back_inserter(standard), is_pod_security);
    std::vector<rule_id> listed;
    std::ranges::transform(all_checks(), std::back_inserter(listed), &check::rule);
    EXPECT_EQ(listed, standard);
}

TEST(CheckTable, IsSortedByIdWithinALevel) {
    const auto key = [](const check* c) { return std::pair(c->level, id_of(c->rule)); };
    EXPECT_TRUE(std::ranges::is_sorted(all_checks(), {}, key));
}

TEST(CheckTable, EveryCheckHasAscendingVersions) {
    for (const check* c : all_checks()) {
        ASSERT_FALSE(c->versions.empty()) << id_of(c->rule);
        EXPECT_NE(c->level, security_level::privileged) << id_of(c->rule);
        std::vector<std::uint32_t> minors;
        for (const check_version& version : c->versions) {
            EXPECT_NE(version.judge, nullptr) << id_of(c->rule);
            minors.push_back(version.since);
        }
        EXPECT_EQ(std::ranges::adjacent_find(minors, std::greater_equal{}), minors.end())
            << id_of(c->rule);
        EXPECT_LE(minors.back(), newest_minor) << id_of(c->rule);
    }
}

TEST(CheckTable, TheNewestVersionIsOneInWhichACheckChanges) {
    EXPECT_TRUE(std::ranges::any_of(all_checks(), [](const check* c) {
        return c->versions.back().since == newest_minor;
    }));
}

TEST(CheckTable, OnlyRestrictedChecksOverrideAndOnlyBaselineOnesInForce) {
    for (const check* c : all_checks()) {
        for (const check_version& version : c->versions) {
            if (!version.overrides) {
                continue;
            }
            EXPECT_EQ(c->level, security_level::restricted) << id_of(c->rule);
            const check& weaker = check_of(*version.overrides);
            EXPECT_EQ(weaker.level, security_level::baseline) << id_of(c->rule);
            EXPECT_NE(weaker.at(version.since), nullptr) << id_of(c->rule);
        }
    }
}

TEST(Check, IsNotInForceBeforeItsFirstVersion) {
    EXPECT_EQ(check_of(rule_id::allow_privilege_escalation).at(7), nullptr);
    EXPECT_EQ(check_of(rule_id::allow_privilege_escalation).at(8)->since, 8U);
    EXPECT_EQ(check_of(rule_id::allow_privilege_escalation).at(24)->since, 8U);
    EXPECT_EQ(check_of(rule_id::allow_privilege_escalation).at(37)->since, 25U);
}

TEST(Evaluate, PrivilegedHasNoChecks) {
    pod_builder p(security_level::baseline);
    break_everything(p);
    EXPECT_TRUE(evaluate(security_level::privileged, {}, p.build()).empty());
}

TEST(Evaluate, BaselineTellsEverythingInOrder) {
    pod_builder p(security_level::baseline);
    break_everything(p);
    const std::vector<std::string> expected = {
        "appArmorProfile",
        "capabilities_baseline",
        "hostNamespaces",
        "hostPathVolumes",
        "hostPorts",
        "hostProbesAndHostLifecycle",
        "privileged",
        "procMount",
        "seLinuxOptions",
        "seccompProfile_baseline",
        "sysctls",
        "windowsHostProcess",
    };
    EXPECT_EQ(rules_of(evaluate(security_level::baseline, {}, p.build())), expected);
}

TEST(Evaluate, RestrictedReplacesWhatItOverrides) {
    pod_builder p(security_level::baseline);
    break_everything(p);
    const std::vector<std::string> expected = {
        "appArmorProfile",
        "hostNamespaces",
        "hostPorts",
        "hostProbesAndHostLifecycle",
        "privileged",
        "seLinuxOptions",
        "sysctls",
        "windowsHostProcess",
        "allowPrivilegeEscalation",
        "capabilities_restricted",
        "capabilities_restricted",
        "procMount_restricted",
        "restrictedVolumes",
        "runAsNonRoot",
        "runAsUser",
        "seccompProfile_restricted",
    };
    EXPECT_EQ(rules_of(evaluate(security_level::restricted, {}, p.build())), expected);
}

TEST(Evaluate, RestrictedOfTheFirstVersion) {
    pod_builder p(security_level::baseline);
    break_everything(p);
    const std::vector<std::string> expected = {
        "appArmorProfile",
        "capabilities_baseline",
        "hostNamespaces",
        "hostPorts",
        "privileged",
        "procMount",
        "seLinuxOptions",
        "seccompProfile_baseline",
        "sysctls",
        "windowsHostProcess",
        "restrictedVolumes",
        "runAsNonRoot",
    };
    EXPECT_EQ(rules_of(evaluate(security_level::restricted, {0}, p.build())), expected);
}

TEST(Evaluate, OverridesGoByVersion) {
    pod_builder p(security_level::baseline);
    break_everything(p);
    const pod& broken = p.build();
    const auto is_found = [&](std::uint32_t minor, std::string_view id) {
        return std::ranges::count(
                   rules_of(evaluate(security_level::restricted, {minor}, broken)), id
               )
               > 0;
    };
    EXPECT_TRUE(is_found(18, "seccompProfile_baseline"));
    EXPECT_FALSE(is_found(19, "seccompProfile_baseline"));
    EXPECT_TRUE(is_found(21, "capabilities_baseline"));
    EXPECT_FALSE(is_found(22, "capabilities_baseline"));
    EXPECT_TRUE(is_found(34, "procMount"));
    EXPECT_FALSE(is_found(35, "procMount"));
}

TEST(Evaluate, NewerVersionsAreTheNewest) {
    pod_builder p(security_level::baseline);
    break_everything(p);
    const pod& broken = p.build();
    const std::vector<std::string> newest = lines_of(security_level::restricted, 37, broken);
    EXPECT_EQ(lines_of(security_level::restricted, 38, broken), newest);
    EXPECT_EQ(lines_of(security_level::restricted, 100, broken), newest);
    EXPECT_EQ(
        rules_of(evaluate(security_level::restricted, {}, broken)),
        rules_of(evaluate(security_level::restricted, {37}, broken))
    );
}

struct exempt_case {
    std::string name;
    std::vector<rule_id> exempt;
    std::vector<std::string> found;
};

class Exempt : public testing::TestWithParam<exempt_case> {};

TEST_P(Exempt, IsNotJudged) {
    pod_builder p(security_level::restricted);
    p.app().security.capabilities = capabilities{.add = p.texts({"SYS_ADMIN"}), .drop = {}};
    p.add_volume("logs", {"hostPath"});
    const auto found = evaluate(security_level::restricted, {}, p.build(), GetParam().exempt);
    EXPECT_EQ(rules_of(found), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    Exempt,
    testing::Values(
        exempt_case{
            "Nothing",
            {},
            {"capabilities_restricted", "capabilities_restricted", "restrictedVolumes"}},
        exempt_case{
            "TheRestrictedCheckBringsTheBaselineOneBack",
            {rule_id::capabilities_restricted, rule_id::restricted_volumes},
            {"capabilities_baseline", "hostPathVolumes"}},
        exempt_case{
            "TheBaselineCheckDoesNotMatterWhereItIsOverridden",
            {rule_id::capabilities_baseline, rule_id::host_path_volumes},
            {"capabilities_restricted", "capabilities_restricted", "restrictedVolumes"}},
        exempt_case{
            "BothLiftBoth",
            {rule_id::capabilities_restricted,
             rule_id::capabilities_baseline,
             rule_id::restricted_volumes,
             rule_id::host_path_volumes},
            {}}
    ),
    testing_support::case_name()
);

struct smallest_pod_case {
    std::string name;
    security_level level;
};

class SmallestPod : public testing::TestWithParam<smallest_pod_case> {};

TEST_P(SmallestPod, PassesEveryVersion) {
    pod_builder p(GetParam().level);
    const pod& smallest = p.build();
    for (std::uint32_t minor = 0; minor <= newest_minor; ++minor) {
        EXPECT_EQ(lines_of(GetParam().level, minor, smallest), std::vector<std::string>());
    }
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    SmallestPod,
    testing::Values(
        smallest_pod_case{"Baseline", security_level::baseline},
        smallest_pod_case{"Restricted", security_level::restricted}
    ),
    testing_support::case_name()
);

TEST(Evaluate, UnconfinedSeccompFieldPassesOldBaseline) {
    pod_builder p(security_level::baseline);
    p.security().seccomp = security_profile{"Unconfined"};
    EXPECT_EQ(lines_of(security_level::baseline, 18, p.build()).size(), 0U);
    EXPECT_EQ(lines_of(security_level::baseline, 19, p.build()).size(), 1U);
}

} // namespace
} // namespace gatehouse::policy
