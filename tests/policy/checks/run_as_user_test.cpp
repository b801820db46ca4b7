#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class RunAsUserRestricted : public testing::TestWithParam<check_case> {};

TEST_P(RunAsUserRestricted, Finds) {
    EXPECT_EQ(lines_of(rule_id::run_as_user_restricted, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    RunAsUserRestricted,
    testing::Values(
        check_case{"AbsentPasses", 23, [](pod_builder&) {}, {}},
        check_case{
            "OtherUsersPass",
            23,
            [](pod_builder& p) {
                p.security().run_as_user = 1;
                p.app().security.run_as_user = 65534;
            },
            {}},
        check_case{
            "NothingIsAskedBefore23",
            22,
            [](pod_builder& p) { p.security().run_as_user = 0; },
            {}},
        check_case{
            "PodIsForbidden",
            23,
            [](pod_builder& p) { p.security().run_as_user = 0; },
            {"forbidden spec.securityContext.runAsUser: pod must not set "
             "securityContext.runAsUser: 0; remove it or set the id of another user"}},
        check_case{
            "PodIsForbiddenAlthoughReplaced",
            23,
            [](pod_builder& p) {
                p.security().run_as_user = 0;
                p.app().security.run_as_user = 1000;
            },
            {"forbidden spec.securityContext.runAsUser: pod must not set "
             "securityContext.runAsUser: 0; remove it or set the id of another user"}},
        check_case{
            "PodAndEveryContainerAreNamed",
            37,
            [](pod_builder& p) {
                p.security().run_as_user = 0;
                p.add_init_container("init").security.run_as_user = 0;
                p.app().security.run_as_user = 0;
                p.add_ephemeral_container("debug").security.run_as_user = 0;
            },
            {"forbidden spec.securityContext.runAsUser: pod must not set "
             "securityContext.runAsUser: 0; remove it or set the id of another user",
             "forbidden spec.initContainers[0].securityContext.runAsUser: init container \"init\" "
             "must not set securityContext.runAsUser: 0; remove it or set the id of another user",
             "forbidden spec.containers[0].securityContext.runAsUser: container \"app\" must not "
             "set securityContext.runAsUser: 0; remove it or set the id of another user",
             "forbidden spec.ephemeralContainers[0].securityContext.runAsUser: ephemeral container "
             "\"debug\" must not set securityContext.runAsUser: 0; remove it or set the id of "
             "another user"}},
        check_case{
            "GroupZeroIsNotItsAffair",
            37,
            [](pod_builder& p) {
                p.security().run_as_group = 0;
                p.security().fs_group = 0;
                p.security().supplemental_groups = p.list_of<std::int64_t>({0});
            },
            {}},
        check_case{
            "UserNamespaceIsNoHelpBefore35",
            34,
            [](pod_builder& p) {
                p.pod().host_users = false;
                p.security().run_as_user = 0;
            },
            {"forbidden spec.securityContext.runAsUser: pod must not set "
             "securityContext.runAsUser: 0; remove it or set the id of another user"}},
        check_case{
            "UserNamespacePassesFrom35",
            35,
            [](pod_builder& p) {
                p.pod().host_users = false;
                p.security().run_as_user = 0;
            },
            {}},
        check_case{
            "HostUsersTrueIsNoHelp",
            35,
            [](pod_builder& p) {
                p.pod().host_users = true;
                p.app().security.run_as_user = 0;
            },
            {"forbidden spec.containers[0].securityContext.runAsUser: container \"app\" must not "
             "set securityContext.runAsUser: 0; remove it or set the id of another user"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
