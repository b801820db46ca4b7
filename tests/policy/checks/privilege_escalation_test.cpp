#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class PrivilegeEscalation : public testing::TestWithParam<check_case> {};

TEST_P(PrivilegeEscalation, Finds) {
    EXPECT_EQ(lines_of(rule_id::allow_privilege_escalation, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    PrivilegeEscalation,
    testing::Values(
        check_case{"FalsePasses", 8, [](pod_builder&) {}, {}},
        check_case{
            "NothingIsAskedBefore8",
            7,
            [](pod_builder& p) { p.app().security.allow_privilege_escalation = true; },
            {}},
        check_case{
            "AbsentIsNotEnough",
            8,
            [](pod_builder& p) { p.app().security.allow_privilege_escalation.reset(); },
            {"required spec.containers[0].securityContext.allowPrivilegeEscalation: container "
             "\"app\" must set securityContext.allowPrivilegeEscalation: false"}},
        check_case{
            "TrueIsForbidden",
            8,
            [](pod_builder& p) { p.app().security.allow_privilege_escalation = true; },
            {"forbidden spec.containers[0].securityContext.allowPrivilegeEscalation: container "
             "\"app\" must set securityContext.allowPrivilegeEscalation: false (found: true)"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").security.allow_privilege_escalation.reset();
                p.app().security.allow_privilege_escalation.reset();
                p.add_ephemeral_container("debug").security.allow_privilege_escalation.reset();
            },
            {"required spec.initContainers[0].securityContext.allowPrivilegeEscalation: init "
             "container \"init\" must set securityContext.allowPrivilegeEscalation: false",
             "required spec.containers[0].securityContext.allowPrivilegeEscalation: container "
             "\"app\" must set securityContext.allowPrivilegeEscalation: false",
             "required spec.ephemeralContainers[0].securityContext.allowPrivilegeEscalation: "
             "ephemeral container \"debug\" must set securityContext.allowPrivilegeEscalation: "
             "false"}},
        check_case{
            "WindowsIsJudgedBefore25",
            24,
            [](pod_builder& p) {
                p.pod().os_name = "windows";
                p.app().security.allow_privilege_escalation.reset();
            },
            {"required spec.containers[0].securityContext.allowPrivilegeEscalation: container "
             "\"app\" must set securityContext.allowPrivilegeEscalation: false"}},
        check_case{
            "WindowsPassesFrom25",
            25,
            [](pod_builder& p) {
                p.pod().os_name = "windows";
                p.app().security.allow_privilege_escalation.reset();
            },
            {}},
        check_case{
            "CapitalWindowsIsNotWindows",
            25,
            [](pod_builder& p) {
                p.pod().os_name = "Windows";
                p.app().security.allow_privilege_escalation.reset();
            },
            {"required spec.containers[0].securityContext.allowPrivilegeEscalation: container "
             "\"app\" must set securityContext.allowPrivilegeEscalation: false"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
