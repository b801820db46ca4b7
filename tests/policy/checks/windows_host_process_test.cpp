#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class WindowsHostProcess : public testing::TestWithParam<check_case> {};

TEST_P(WindowsHostProcess, Finds) {
    EXPECT_EQ(lines_of(rule_id::windows_host_process, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    WindowsHostProcess,
    testing::Values(
        check_case{"AbsentPasses", 0, [](pod_builder&) {}, {}},
        check_case{
            "EmptyOptionsPass",
            0,
            [](pod_builder& p) { p.security().windows = windows_options{}; },
            {}},
        check_case{
            "FalsePasses",
            0,
            [](pod_builder& p) {
                p.security().windows =
                    windows_options{.host_process = false, .run_as_user_name = {}};
                p.app().security.windows =
                    windows_options{.host_process = false, .run_as_user_name = {}};
            },
            {}},
        check_case{
            "PodIsForbidden",
            0,
            [](pod_builder& p) {
                p.security().windows =
                    windows_options{.host_process = true, .run_as_user_name = {}};
            },
            {"forbidden spec.securityContext.windowsOptions.hostProcess: pod must not set "
             "securityContext.windowsOptions.hostProcess: true; remove it or set it to false"}},
        check_case{
            "PodIsForbiddenAlthoughReplaced",
            37,
            [](pod_builder& p) {
                p.security().windows =
                    windows_options{.host_process = true, .run_as_user_name = {}};
                p.app().security.windows =
                    windows_options{.host_process = false, .run_as_user_name = {}};
            },
            {"forbidden spec.securityContext.windowsOptions.hostProcess: pod must not set "
             "securityContext.windowsOptions.hostProcess: true; remove it or set it to false"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").security.windows =
                    windows_options{.host_process = true, .run_as_user_name = {}};
                p.app().security.windows =
                    windows_options{.host_process = true, .run_as_user_name = {}};
                p.add_ephemeral_container("debug").security.windows =
                    windows_options{.host_process = true, .run_as_user_name = {}};
            },
            {"forbidden spec.initContainers[0].securityContext.windowsOptions.hostProcess: init "
             "container \"init\" must not set securityContext.windowsOptions.hostProcess: true; "
             "remove it or set it to false",
             "forbidden spec.containers[0].securityContext.windowsOptions.hostProcess: container "
             "\"app\" must not set securityContext.windowsOptions.hostProcess: true; remove it or "
             "set it to false",
             "forbidden spec.ephemeralContainers[0].securityContext.windowsOptions.hostProcess: "
             "ephemeral container \"debug\" must not set "
             "securityContext.windowsOptions.hostProcess: true; remove it or set it to false"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
