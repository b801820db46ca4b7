#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class ProcMountBaseline : public testing::TestWithParam<check_case> {};

TEST_P(ProcMountBaseline, Finds) {
    EXPECT_EQ(lines_of(rule_id::proc_mount, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    ProcMountBaseline,
    testing::Values(
        check_case{"AbsentPasses", 0, [](pod_builder&) {}, {}},
        check_case{
            "DefaultPasses",
            0,
            [](pod_builder& p) { p.app().security.proc_mount = "Default"; },
            {}},
        check_case{
            "UnmaskedIsForbidden",
            0,
            [](pod_builder& p) { p.app().security.proc_mount = "Unmasked"; },
            {"forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: Unmasked; remove it or set it to Default"}},
        check_case{
            "UnknownTypeIsForbidden",
            0,
            [](pod_builder& p) { p.app().security.proc_mount = "default"; },
            {"forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: default; remove it or set it to Default"}},
        check_case{
            "EmptyIsForbidden",
            0,
            [](pod_builder& p) { p.app().security.proc_mount = ""; },
            {"forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: \"\"; remove it or set it to Default"}},
        check_case{
            "UserNamespaceIsNoHelpBefore35",
            34,
            [](pod_builder& p) {
                p.pod().host_users = false;
                p.app().security.proc_mount = "Unmasked";
            },
            {"forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: Unmasked; remove it or set it to Default"}},
        check_case{
            "UserNamespacePassesFrom35",
            35,
            [](pod_builder& p) {
                p.pod().host_users = false;
                p.app().security.proc_mount = "Unmasked";
            },
            {}},
        check_case{
            "HostUsersIsTheDefault",
            35,
            [](pod_builder& p) { p.app().security.proc_mount = "Unmasked"; },
            {"forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: Unmasked; remove it, set it to Default, or set "
             "hostUsers: false in the pod"}},
        check_case{
            "HostUsersTrueIsForbidden",
            35,
            [](pod_builder& p) {
                p.pod().host_users = true;
                p.app().security.proc_mount = "Unmasked";
            },
            {"forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: Unmasked; remove it, set it to Default, or set "
             "hostUsers: false in the pod"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").security.proc_mount = "Unmasked";
                p.app().security.proc_mount = "Unmasked";
                p.add_ephemeral_container("debug").security.proc_mount = "Unmasked";
            },
            {"forbidden spec.initContainers[0].securityContext.procMount: init container \"init\" "
             "must not set securityContext.procMount: Unmasked; remove it, set it to Default, or "
             "set hostUsers: false in the pod",
             "forbidden spec.containers[0].securityContext.procMount: container \"app\" must not "
             "set securityContext.procMount: Unmasked; remove it, set it to Default, or set "
             "hostUsers: false in the pod",
             "forbidden spec.ephemeralContainers[0].securityContext.procMount: ephemeral container "
             "\"debug\" must not set securityContext.procMount: Unmasked; remove it, set it to "
             "Default, or set hostUsers: false in the pod"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
