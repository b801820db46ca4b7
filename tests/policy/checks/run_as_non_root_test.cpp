#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class RunAsNonRoot : public testing::TestWithParam<check_case> {};

TEST_P(RunAsNonRoot, Finds) {
    EXPECT_EQ(lines_of(rule_id::run_as_non_root, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    RunAsNonRoot,
    testing::Values(
        check_case{
            "PodAbsentContainerAbsent",
            0,
            [](pod_builder& p) { p.security().run_as_non_root.reset(); },
            {"required spec.containers[0].securityContext.runAsNonRoot: container \"app\" must set "
             "securityContext.runAsNonRoot: true, here or in the pod"}},
        check_case{
            "PodAbsentContainerTrue",
            0,
            [](pod_builder& p) {
                p.security().run_as_non_root.reset();
                p.app().security.run_as_non_root = true;
            },
            {}},
        check_case{
            "PodAbsentContainerFalse",
            0,
            [](pod_builder& p) {
                p.security().run_as_non_root.reset();
                p.app().security.run_as_non_root = false;
            },
            {"forbidden spec.containers[0].securityContext.runAsNonRoot: container \"app\" must "
             "not set securityContext.runAsNonRoot: false; set it to true"}},
        check_case{
            "PodTrueContainerAbsent",
            0,
            [](pod_builder& p) { p.security().run_as_non_root = true; },
            {}},
        check_case{
            "PodTrueContainerTrue",
            0,
            [](pod_builder& p) {
                p.security().run_as_non_root = true;
                p.app().security.run_as_non_root = true;
            },
            {}},
        check_case{
            "PodTrueContainerFalse",
            0,
            [](pod_builder& p) {
                p.security().run_as_non_root = true;
                p.app().security.run_as_non_root = false;
            },
            {"forbidden spec.containers[0].securityContext.runAsNonRoot: container \"app\" must "
             "not set securityContext.runAsNonRoot: false; set it to true"}},
        check_case{
            "PodFalseContainerAbsent",
            0,
            [](pod_builder& p) { p.security().run_as_non_root = false; },
            {"forbidden spec.securityContext.runAsNonRoot: pod must not set "
             "securityContext.runAsNonRoot: false; set it to true"}},
        check_case{
            "PodFalseContainerTrue",
            0,
            [](pod_builder& p) {
                p.security().run_as_non_root = false;
                p.app().security.run_as_non_root = true;
            },
            {"forbidden spec.securityContext.runAsNonRoot: pod must not set "
             "securityContext.runAsNonRoot: false; set it to true"}},
        check_case{
            "PodFalseContainerFalse",
            0,
            [](pod_builder& p) {
                p.security().run_as_non_root = false;
                p.app().security.run_as_non_root = false;
            },
            {"forbidden spec.securityContext.runAsNonRoot: pod must not set "
             "securityContext.runAsNonRoot: false; set it to true",
             "forbidden spec.containers[0].securityContext.runAsNonRoot: container \"app\" must "
             "not set securityContext.runAsNonRoot: false; set it to true"}},
        check_case{
            "PodFalseWithEveryContainerTrueIsForbidden",
            37,
            [](pod_builder& p) {
                p.security().run_as_non_root = false;
                p.app().security.run_as_non_root = true;
                p.add_container("b").security.run_as_non_root = true;
                p.add_init_container("c").security.run_as_non_root = true;
            },
            {"forbidden spec.securityContext.runAsNonRoot: pod must not set "
             "securityContext.runAsNonRoot: false; set it to true"}},
        check_case{
            "OnlyTheContainerWithoutItIsNamed",
            37,
            [](pod_builder& p) {
                p.security().run_as_non_root.reset();
                p.app().security.run_as_non_root = true;
                p.add_container("b");
                p.add_container("c").security.run_as_non_root = true;
            },
            {"required spec.containers[1].securityContext.runAsNonRoot: container \"b\" must set "
             "securityContext.runAsNonRoot: true, here or in the pod"}},
        check_case{
            "AnExplicitFalseHidesWhoHasNone",
            37,
            [](pod_builder& p) {
                p.security().run_as_non_root.reset();
                p.app().security.run_as_non_root = true;
                p.add_container("b");
                p.add_container("c").security.run_as_non_root = false;
            },
            {"forbidden spec.containers[2].securityContext.runAsNonRoot: container \"c\" must not "
             "set securityContext.runAsNonRoot: false; set it to true"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.security().run_as_non_root.reset();
                p.add_init_container("init");
                p.add_ephemeral_container("debug");
            },
            {"required spec.initContainers[0].securityContext.runAsNonRoot: init container "
             "\"init\" must set securityContext.runAsNonRoot: true, here or in the pod",
             "required spec.containers[0].securityContext.runAsNonRoot: container \"app\" must set "
             "securityContext.runAsNonRoot: true, here or in the pod",
             "required spec.ephemeralContainers[0].securityContext.runAsNonRoot: ephemeral "
             "container \"debug\" must set securityContext.runAsNonRoot: true, here or in the "
             "pod"}},
        check_case{
            "EveryContainerThatSaysFalseIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").security.run_as_non_root = false;
                p.app().security.run_as_non_root = false;
                p.add_ephemeral_container("debug").security.run_as_non_root = false;
            },
            {"forbidden spec.initContainers[0].securityContext.runAsNonRoot: init container "
             "\"init\" must not set securityContext.runAsNonRoot: false; set it to true",
             "forbidden spec.containers[0].securityContext.runAsNonRoot: container \"app\" must "
             "not set securityContext.runAsNonRoot: false; set it to true",
             "forbidden spec.ephemeralContainers[0].securityContext.runAsNonRoot: ephemeral "
             "container \"debug\" must not set securityContext.runAsNonRoot: false; set it to "
             "true"}},
        check_case{
            "RunAsUserIsNoSubstitute",
            37,
            [](pod_builder& p) {
                p.security().run_as_non_root.reset();
                p.security().run_as_user = 1000;
            },
            {"required spec.containers[0].securityContext.runAsNonRoot: container \"app\" must set "
             "securityContext.runAsNonRoot: true, here or in the pod"}},
        check_case{
            "UserNamespaceIsNoHelpBefore35",
            34,
            [](pod_builder& p) {
                p.pod().host_users = false;
                p.security().run_as_non_root.reset();
            },
            {"required spec.containers[0].securityContext.runAsNonRoot: container \"app\" must set "
             "securityContext.runAsNonRoot: true, here or in the pod"}},
        check_case{
            "UserNamespacePassesFrom35",
            35,
            [](pod_builder& p) {
                p.pod().host_users = false;
                p.security().run_as_non_root = false;
            },
            {}},
        check_case{
            "HostUsersTrueIsNoHelp",
            35,
            [](pod_builder& p) {
                p.pod().host_users = true;
                p.security().run_as_non_root.reset();
            },
            {"required spec.containers[0].securityContext.runAsNonRoot: container \"app\" must set "
             "securityContext.runAsNonRoot: true, here or in the pod"}},
        check_case{
            "WindowsIsJudgedToo",
            37,
            [](pod_builder& p) {
                p.pod().os_name = "windows";
                p.security().run_as_non_root.reset();
            },
            {"required spec.containers[0].securityContext.runAsNonRoot: container \"app\" must set "
             "securityContext.runAsNonRoot: true, here or in the pod"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
