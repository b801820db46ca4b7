#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class HostPorts : public testing::TestWithParam<check_case> {};

TEST_P(HostPorts, Finds) { EXPECT_EQ(lines_of(rule_id::host_ports, GetParam()), GetParam().lines); }

INSTANTIATE_TEST_SUITE_P(
    Checks,
    HostPorts,
    testing::Values(
        check_case{"NonePass", 0, [](pod_builder&) {}, {}},
        check_case{
            "OneIsForbidden",
            0,
            [](pod_builder& p) {
                p.app().host_ports = p.list_of<host_port>({{1, 8080}});
            },
            {"forbidden spec.containers[0].ports[1].hostPort: container \"app\" must not use "
             "hostPort 8080; remove it and reach the pod through a Service"}},
        check_case{
            "SeveralAreListedByNumberAndOnce",
            0,
            [](pod_builder& p) {
                p.app().host_ports = p.list_of<host_port>({{0, 80}, {1, 9}, {2, 443}, {3, 80}});
            },
            {"forbidden spec.containers[0].ports: container \"app\" must not use hostPorts 9, 80, "
             "443; remove them and reach the pod through a Service"}},
        check_case{
            "OnePortTwiceIsSingular",
            37,
            [](pod_builder& p) {
                p.app().host_ports = p.list_of<host_port>({{0, 53}, {1, 53}});
            },
            {"forbidden spec.containers[0].ports: container \"app\" must not use hostPort 53; "
             "remove it and reach the pod through a Service"}},
        check_case{
            "NegativeIsForbidden",
            37,
            [](pod_builder& p) {
                p.app().host_ports = p.list_of<host_port>({{0, -1}});
            },
            {"forbidden spec.containers[0].ports[0].hostPort: container \"app\" must not use "
             "hostPort -1; remove it and reach the pod through a Service"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").host_ports = p.list_of<host_port>({{0, 80}});
                p.app().host_ports = p.list_of<host_port>({{0, 80}});
                p.add_ephemeral_container("debug").host_ports = p.list_of<host_port>({{0, 80}});
            },
            {"forbidden spec.initContainers[0].ports[0].hostPort: init container \"init\" must not "
             "use hostPort 80; remove it and reach the pod through a Service",
             "forbidden spec.containers[0].ports[0].hostPort: container \"app\" must not use "
             "hostPort 80; remove it and reach the pod through a Service",
             "forbidden spec.ephemeralContainers[0].ports[0].hostPort: ephemeral container "
             "\"debug\" must not use hostPort 80; remove it and reach the pod through a Service"}}
    ),
    testing_support::case_name()
);

TEST(HostPorts, SaysWhereTheyCameFromOnTheHostNetwork) {
    pod_builder p(security_level::baseline);
    p.pod().host_network = true;
    p.app().host_ports = p.list_of<host_port>({{0, 9100}});
    const std::vector<std::string> expected = {
        "forbidden spec.hostNetwork: pod must not set hostNetwork: true; remove it or set it to "
        "false",
        "forbidden spec.containers[0].ports[0].hostPort: container \"app\" must not use hostPort "
        "9100; "
        "remove it and reach the pod through a Service (hostNetwork: true makes every port a "
        "hostPort)",
    };
    EXPECT_EQ(lines_of(security_level::baseline, 37, p.build()), expected);
}

} // namespace
} // namespace gatehouse::policy
