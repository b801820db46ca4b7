#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class HostNamespaces : public testing::TestWithParam<check_case> {};

TEST_P(HostNamespaces, Finds) {
    EXPECT_EQ(lines_of(rule_id::host_namespaces, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    HostNamespaces,
    testing::Values(
        check_case{"AbsentPasses", 0, [](pod_builder&) {}, {}},
        check_case{
            "HostNetworkIsForbidden",
            0,
            [](pod_builder& p) { p.pod().host_network = true; },
            {"forbidden spec.hostNetwork: pod must not set hostNetwork: true; remove it or set it "
             "to false"}},
        check_case{
            "HostPidIsForbidden",
            0,
            [](pod_builder& p) { p.pod().host_pid = true; },
            {"forbidden spec.hostPID: pod must not set hostPID: true; remove it or set it to "
             "false"}},
        check_case{
            "HostIpcIsForbidden",
            37,
            [](pod_builder& p) { p.pod().host_ipc = true; },
            {"forbidden spec.hostIPC: pod must not set hostIPC: true; remove it or set it to "
             "false"}},
        check_case{
            "AllAreToldInPsaOrder",
            37,
            [](pod_builder& p) {
                p.pod().host_ipc = true;
                p.pod().host_pid = true;
                p.pod().host_network = true;
            },
            {"forbidden spec.hostNetwork: pod must not set hostNetwork: true; remove it or set it "
             "to false",
             "forbidden spec.hostPID: pod must not set hostPID: true; remove it or set it to false",
             "forbidden spec.hostIPC: pod must not set hostIPC: true; remove it or set it to "
             "false"}},
        check_case{
            "HostUsersIsNotItsAffair",
            37,
            [](pod_builder& p) { p.pod().host_users = true; },
            {}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
