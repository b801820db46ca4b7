#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class SeccompRestricted : public testing::TestWithParam<check_case> {};

TEST_P(SeccompRestricted, Finds) {
    EXPECT_EQ(lines_of(rule_id::seccomp_profile_restricted, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    SeccompRestricted,
    testing::Values(
        check_case{"PodProfilePasses", 19, [](pod_builder&) {}, {}},
        check_case{
            "LocalhostPasses",
            19,
            [](pod_builder& p) { p.security().seccomp = security_profile{"Localhost"}; },
            {}},
        check_case{
            "EveryContainersOwnProfilePasses",
            37,
            [](pod_builder& p) {
                p.security().seccomp.reset();
                p.app().security.seccomp = security_profile{"RuntimeDefault"};
            },
            {}},
        check_case{
            "NothingIsAskedBefore19",
            18,
            [](pod_builder& p) { p.security().seccomp.reset(); },
            {}},
        check_case{
            "NoProfileIsNotEnough",
            19,
            [](pod_builder& p) { p.security().seccomp.reset(); },
            {"required spec.containers[0].securityContext.seccompProfile.type: container \"app\" "
             "must set securityContext.seccompProfile.type: RuntimeDefault (or Localhost), here or "
             "in the pod"}},
        check_case{
            "OnlyTheContainerWithoutOneIsNamed",
            37,
            [](pod_builder& p) {
                p.security().seccomp.reset();
                p.add_init_container("a").security.seccomp = security_profile{"Localhost"};
                p.add_container("b");
                p.app().security.seccomp = security_profile{"RuntimeDefault"};
            },
            {"required spec.containers[1].securityContext.seccompProfile.type: container \"b\" "
             "must set securityContext.seccompProfile.type: RuntimeDefault (or Localhost), here or "
             "in the pod"}},
        check_case{
            "ABadSetterHidesWhoHasNone",
            37,
            [](pod_builder& p) {
                p.security().seccomp.reset();
                p.add_container("b").security.seccomp = security_profile{"Unconfined"};
            },
            {"forbidden spec.containers[1].securityContext.seccompProfile.type: container \"b\" "
             "must not set securityContext.seccompProfile.type: Unconfined; set it to "
             "RuntimeDefault or Localhost"}},
        check_case{
            "BadPodIsForbiddenAlthoughReplaced",
            19,
            [](pod_builder& p) {
                p.security().seccomp = security_profile{"Unconfined"};
                p.app().security.seccomp = security_profile{"RuntimeDefault"};
            },
            {"forbidden spec.securityContext.seccompProfile.type: pod must not set "
             "securityContext.seccompProfile.type: Unconfined; set it to RuntimeDefault or "
             "Localhost"}},
        check_case{
            "BadContainerIsForbiddenInAGoodPod",
            19,
            [](pod_builder& p) { p.app().security.seccomp = security_profile{"Unconfined"}; },
            {"forbidden spec.containers[0].securityContext.seccompProfile.type: container \"app\" "
             "must not set securityContext.seccompProfile.type: Unconfined; set it to "
             "RuntimeDefault or Localhost"}},
        check_case{
            "ProfileWithoutTypeIsForbidden",
            19,
            [](pod_builder& p) { p.app().security.seccomp = security_profile{""}; },
            {"forbidden spec.containers[0].securityContext.seccompProfile.type: container \"app\" "
             "must not set securityContext.seccompProfile.type: \"\"; set it to RuntimeDefault or "
             "Localhost"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.security().seccomp.reset();
                p.add_init_container("init");
                p.add_ephemeral_container("debug");
            },
            {"required spec.initContainers[0].securityContext.seccompProfile.type: init container "
             "\"init\" must set securityContext.seccompProfile.type: RuntimeDefault (or "
             "Localhost), here or in the pod",
             "required spec.containers[0].securityContext.seccompProfile.type: container \"app\" "
             "must set securityContext.seccompProfile.type: RuntimeDefault (or Localhost), here or "
             "in the pod",
             "required spec.ephemeralContainers[0].securityContext.seccompProfile.type: ephemeral "
             "container \"debug\" must set securityContext.seccompProfile.type: RuntimeDefault (or "
             "Localhost), here or in the pod"}},
        check_case{
            "WindowsIsJudgedBefore25",
            24,
            [](pod_builder& p) {
                p.pod().os_name = "windows";
                p.security().seccomp.reset();
            },
            {"required spec.containers[0].securityContext.seccompProfile.type: container \"app\" "
             "must set securityContext.seccompProfile.type: RuntimeDefault (or Localhost), here or "
             "in the pod"}},
        check_case{
            "WindowsPassesFrom25",
            25,
            [](pod_builder& p) {
                p.pod().os_name = "windows";
                p.security().seccomp.reset();
            },
            {}},
        check_case{
            "WindowsGetsNotEvenTheBaselineCheck",
            37,
            [](pod_builder& p) {
                p.pod().os_name = "windows";
                p.security().seccomp = security_profile{"Unconfined"};
            },
            {}},
        check_case{
            "CapitalWindowsIsNotWindows",
            25,
            [](pod_builder& p) {
                p.pod().os_name = "Windows";
                p.security().seccomp.reset();
            },
            {"required spec.containers[0].securityContext.seccompProfile.type: container \"app\" "
             "must set securityContext.seccompProfile.type: RuntimeDefault (or Localhost), here or "
             "in the pod"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
