#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class HostProbes : public testing::TestWithParam<check_case> {};

TEST_P(HostProbes, Finds) {
    EXPECT_EQ(lines_of(rule_id::host_probes_and_host_lifecycle, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    HostProbes,
    testing::Values(
        check_case{"NonePass", 34, [](pod_builder&) {}, {}},
        check_case{
            "NothingIsAskedBefore34",
            33,
            [](pod_builder& p) {
                p.app().handler_hosts =
                    p.list_of<handler_host>({{"livenessProbe.httpGet", "10.0.0.1"}});
            },
            {}},
        check_case{
            "ProbeHostIsForbidden",
            34,
            [](pod_builder& p) {
                p.app().handler_hosts =
                    p.list_of<handler_host>({{"livenessProbe.httpGet", "10.0.0.1"}});
            },
            {"forbidden spec.containers[0].livenessProbe.httpGet.host: container \"app\" must not "
             "set livenessProbe.httpGet.host: 10.0.0.1; remove it, the pod's own address is then "
             "used"}},
        check_case{
            "LoopbackIsForbidden",
            34,
            [](pod_builder& p) {
                p.app().handler_hosts =
                    p.list_of<handler_host>({{"readinessProbe.tcpSocket", "127.0.0.1"}});
            },
            {"forbidden spec.containers[0].readinessProbe.tcpSocket.host: container \"app\" must "
             "not set readinessProbe.tcpSocket.host: 127.0.0.1; remove it, the pod's own address "
             "is then used"}},
        check_case{
            "EveryHandlerIsNamed",
            37,
            [](pod_builder& p) {
                p.app().handler_hosts = p.list_of<handler_host>(
                    {{"startupProbe.httpGet", "localhost"},
                     {"lifecycle.postStart.httpGet", "a.example"},
                     {"lifecycle.preStop.tcpSocket", "b c"}}
                );
            },
            {"forbidden spec.containers[0].startupProbe.httpGet.host: container \"app\" must not "
             "set startupProbe.httpGet.host: localhost; remove it, the pod's own address is then "
             "used",
             "forbidden spec.containers[0].lifecycle.postStart.httpGet.host: container \"app\" "
             "must not set lifecycle.postStart.httpGet.host: a.example; remove it, the pod's own "
             "address is then used",
             "forbidden spec.containers[0].lifecycle.preStop.tcpSocket.host: container \"app\" "
             "must not set lifecycle.preStop.tcpSocket.host: \"b c\"; remove it, the pod's own "
             "address is then used"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").handler_hosts =
                    p.list_of<handler_host>({{"livenessProbe.tcpSocket", "::1"}});
                p.app().handler_hosts =
                    p.list_of<handler_host>({{"livenessProbe.tcpSocket", "::1"}});
                p.add_ephemeral_container("debug").handler_hosts =
                    p.list_of<handler_host>({{"livenessProbe.tcpSocket", "::1"}});
            },
            {"forbidden spec.initContainers[0].livenessProbe.tcpSocket.host: init container "
             "\"init\" must not set livenessProbe.tcpSocket.host: ::1; remove it, the pod's own "
             "address is then used",
             "forbidden spec.containers[0].livenessProbe.tcpSocket.host: container \"app\" must "
             "not set livenessProbe.tcpSocket.host: ::1; remove it, the pod's own address is then "
             "used",
             "forbidden spec.ephemeralContainers[0].livenessProbe.tcpSocket.host: ephemeral "
             "container \"debug\" must not set livenessProbe.tcpSocket.host: ::1; remove it, the "
             "pod's own address is then used"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
