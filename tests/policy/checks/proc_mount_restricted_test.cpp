#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class ProcMountRestricted : public testing::TestWithParam<check_case> {};

TEST_P(ProcMountRestricted, Finds) {
    EXPECT_EQ(lines_of(rule_id::proc_mount_restricted, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    ProcMountRestricted,
    testing::Values(
        check_case{"AbsentPasses", 35, [](pod_builder&) {}, {}},
        check_case{
            "DefaultPasses",
            35,
            [](pod_builder& p) { p.app().security.proc_mount = "Default"; },
            {}},
        check_case{
            "UnmaskedIsForbidden",
            35,
            [](pod_builder& p) { p.app().security.proc_mount = "Unmasked"; },
            {"forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: Unmasked; remove it or set it to Default"}},
        check_case{
            "UserNamespaceIsNoHelp",
            35,
            [](pod_builder& p) {
                p.pod().host_users = false;
                p.app().security.proc_mount = "Unmasked";
            },
            {"forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: Unmasked; remove it or set it to Default"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").security.proc_mount = "Unmasked";
                p.app().security.proc_mount = "Unmasked";
                p.add_ephemeral_container("debug").security.proc_mount = "Unmasked";
            },
            {"forbidden spec.initContainers[0].securityContext.procMount: init container \"init\" "
             "must not set securityContext.procMount: Unmasked; remove it or set it to Default",
             "forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: Unmasked; remove it or set it to Default",
             "forbidden spec.ephemeralContainers[0].securityContext.procMount: ephemeral container "
             "\"debug\" must not set securityContext.procMount: Unmasked; remove it or set it to "
             "Default"}}
    ),
    testing_support::case_name()
);

TEST(ProcMountRestricted, LeavesTheBaselineCheckInForceBefore35) {
    pod_builder p(security_level::restricted);
    p.app().security.proc_mount = "Unmasked";
    const std::vector<finding> found = evaluate(security_level::restricted, {34}, p.build());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().rule, rule_id::proc_mount);
}

} // namespace
} // namespace gatehouse::policy
