#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class CapabilitiesRestricted : public testing::TestWithParam<check_case> {};

TEST_P(CapabilitiesRestricted, Finds) {
    EXPECT_EQ(lines_of(rule_id::capabilities_restricted, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    CapabilitiesRestricted,
    testing::Values(
        check_case{"DropAllPasses", 22, [](pod_builder&) {}, {}},
        check_case{
            "DropAllAmongOthersPasses",
            22,
            [](pod_builder& p) {
                p.app().security.capabilities =
                    capabilities{.add = {}, .drop = p.texts({"KILL", "ALL"})};
            },
            {}},
        check_case{
            "NetBindServiceMayComeBack",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities =
                    capabilities{.add = p.texts({"NET_BIND_SERVICE"}), .drop = p.texts({"ALL"})};
            },
            {}},
        check_case{
            "NothingIsAskedBefore22",
            21,
            [](pod_builder& p) { p.app().security.capabilities.reset(); },
            {}},
        check_case{
            "AbsentCapabilitiesAreNotEnough",
            22,
            [](pod_builder& p) { p.app().security.capabilities.reset(); },
            {"required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"]"}},
        check_case{
            "EmptyObjectIsNotEnough",
            37,
            [](pod_builder& p) { p.app().security.capabilities = capabilities{}; },
            {"required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"]"}},
        check_case{
            "LowerCaseAllIsNotEnough",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities = capabilities{.add = {}, .drop = p.texts({"all"})};
            },
            {"required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"] (found: all)"}},
        check_case{
            "CapAllIsNotEnough",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities =
                    capabilities{.add = {}, .drop = p.texts({"CAP_ALL"})};
            },
            {"required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"] (found: CAP_ALL)"}},
        check_case{
            "DroppingSomeIsNotEnough",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities =
                    capabilities{.add = {}, .drop = p.texts({"MKNOD", "KILL"})};
            },
            {"required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"] (found: KILL, MKNOD)"}},
        check_case{
            "AddingIsForbidden",
            22,
            [](pod_builder& p) {
                p.app().security.capabilities =
                    capabilities{.add = p.texts({"CHOWN"}), .drop = p.texts({"ALL"})};
            },
            {"forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capability CHOWN in securityContext.capabilities.add; remove it, only "
             "NET_BIND_SERVICE may be added"}},
        check_case{
            "AddingWithThePrefixIsForbidden",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities = capabilities{
                    .add = p.texts({"CAP_NET_BIND_SERVICE"}), .drop = p.texts({"ALL"})};
            },
            {"forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capability CAP_NET_BIND_SERVICE in securityContext.capabilities.add; "
             "remove it, only NET_BIND_SERVICE may be added"}},
        check_case{
            "AddingAllIsForbidden",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities =
                    capabilities{.add = p.texts({"ALL"}), .drop = p.texts({"ALL"})};
            },
            {"forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capability ALL in securityContext.capabilities.add; remove it, only "
             "NET_BIND_SERVICE may be added"}},
        check_case{
            "BothMistakesAreTold",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities = capabilities{
                    .add = p.texts({"SYS_TIME", "NET_BIND_SERVICE", "CHOWN"}),
                    .drop = p.texts({"KILL"})};
            },
            {"required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"] (found: KILL)",
             "forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capabilities CHOWN, SYS_TIME in securityContext.capabilities.add; "
             "remove them, only NET_BIND_SERVICE may be added"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").security.capabilities.reset();
                p.app().security.capabilities.reset();
                p.add_ephemeral_container("debug").security.capabilities.reset();
            },
            {"required spec.initContainers[0].securityContext.capabilities.drop: init container "
             "\"init\" must set securityContext.capabilities.drop: [\"ALL\"]",
             "required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"]",
             "required spec.ephemeralContainers[0].securityContext.capabilities.drop: ephemeral "
             "container \"debug\" must set securityContext.capabilities.drop: [\"ALL\"]"}},
        check_case{
            "WindowsIsJudgedBefore25",
            24,
            [](pod_builder& p) {
                p.pod().os_name = "windows";
                p.app().security.capabilities.reset();
            },
            {"required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"]"}},
        check_case{
            "WindowsPassesFrom25",
            25,
            [](pod_builder& p) {
                p.pod().os_name = "windows";
                p.app().security.capabilities.reset();
            },
            {}},
        check_case{
            "WindowsGetsNotEvenTheBaselineCheck",
            37,
            [](pod_builder& p) {
                p.pod().os_name = "windows";
                p.app().security.capabilities =
                    capabilities{.add = p.texts({"SYS_ADMIN"}), .drop = {}};
            },
            {}},
        check_case{
            "CapitalWindowsIsNotWindows",
            25,
            [](pod_builder& p) {
                p.pod().os_name = "Windows";
                p.app().security.capabilities.reset();
            },
            {"required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"]"}},
        check_case{
            "LinuxIsNoExemption",
            25,
            [](pod_builder& p) {
                p.pod().os_name = "linux";
                p.app().security.capabilities.reset();
            },
            {"required spec.containers[0].securityContext.capabilities.drop: container \"app\" "
             "must set securityContext.capabilities.drop: [\"ALL\"]"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
