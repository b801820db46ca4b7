#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class Sysctls : public testing::TestWithParam<check_case> {};

TEST_P(Sysctls, Finds) { EXPECT_EQ(lines_of(rule_id::sysctls, GetParam()), GetParam().lines); }

INSTANTIATE_TEST_SUITE_P(
    Checks,
    Sysctls,
    testing::Values(
        check_case{"NonePass", 0, [](pod_builder&) {}, {}},
        check_case{
            "FirstFivePass",
            0,
            [](pod_builder& p) {
                p.security().sysctls = p.texts(
                    {"kernel.shm_rmid_forced",
                     "net.ipv4.ip_local_port_range",
                     "net.ipv4.tcp_syncookies",
                     "net.ipv4.ping_group_range",
                     "net.ipv4.ip_unprivileged_port_start"}
                );
            },
            {}},
        check_case{
            "IpLocalReservedPortsPassesFrom27",
            27,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"net.ipv4.ip_local_reserved_ports"});
            },
            {}},
        check_case{
            "IpLocalReservedPortsIsForbiddenBefore27",
            26,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"net.ipv4.ip_local_reserved_ports"});
            },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net.ipv4.ip_local_reserved_ports in securityContext.sysctls; remove it"}},
        check_case{
            "TcpKeepaliveTimePassesFrom29",
            29,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_keepalive_time"}); },
            {}},
        check_case{
            "TcpKeepaliveTimeIsForbiddenBefore29",
            28,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_keepalive_time"}); },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net.ipv4.tcp_keepalive_time in securityContext.sysctls; remove it"}},
        check_case{
            "TcpFinTimeoutPassesFrom29",
            29,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_fin_timeout"}); },
            {}},
        check_case{
            "TcpFinTimeoutIsForbiddenBefore29",
            28,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_fin_timeout"}); },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net.ipv4.tcp_fin_timeout in securityContext.sysctls; remove it"}},
        check_case{
            "TcpKeepaliveIntvlPassesFrom29",
            29,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"net.ipv4.tcp_keepalive_intvl"});
            },
            {}},
        check_case{
            "TcpKeepaliveIntvlIsForbiddenBefore29",
            28,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"net.ipv4.tcp_keepalive_intvl"});
            },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net.ipv4.tcp_keepalive_intvl in securityContext.sysctls; remove it"}},
        check_case{
            "TcpKeepaliveProbesPassesFrom29",
            29,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"net.ipv4.tcp_keepalive_probes"});
            },
            {}},
        check_case{
            "TcpKeepaliveProbesIsForbiddenBefore29",
            28,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"net.ipv4.tcp_keepalive_probes"});
            },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net.ipv4.tcp_keepalive_probes in securityContext.sysctls; remove it"}},
        check_case{
            "TcpRmemPassesFrom32",
            32,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_rmem"}); },
            {}},
        check_case{
            "TcpRmemIsForbiddenBefore32",
            31,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_rmem"}); },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net.ipv4.tcp_rmem in securityContext.sysctls; remove it"}},
        check_case{
            "TcpWmemPassesFrom32",
            32,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_wmem"}); },
            {}},
        check_case{
            "TcpWmemIsForbiddenBefore32",
            31,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_wmem"}); },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net.ipv4.tcp_wmem in securityContext.sysctls; remove it"}},
        check_case{
            "TcpSlowStartAfterIdlePassesFrom37",
            37,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"net.ipv4.tcp_slow_start_after_idle"});
            },
            {}},
        check_case{
            "TcpSlowStartAfterIdleIsForbiddenBefore37",
            36,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"net.ipv4.tcp_slow_start_after_idle"});
            },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net.ipv4.tcp_slow_start_after_idle in securityContext.sysctls; remove it"}},
        check_case{
            "TcpNotsentLowatPassesFrom37",
            37,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_notsent_lowat"}); },
            {}},
        check_case{
            "TcpNotsentLowatIsForbiddenBefore37",
            36,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net.ipv4.tcp_notsent_lowat"}); },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net.ipv4.tcp_notsent_lowat in securityContext.sysctls; remove it"}},
        check_case{
            "OtherNamesAreForbidden",
            0,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"net.ipv4.tcp_syncookies", "kernel.msgmax"});
            },
            {"forbidden spec.securityContext.sysctls[1].name: pod must not set sysctl "
             "kernel.msgmax in securityContext.sysctls; remove it"}},
        check_case{
            "SlashesAreForbidden",
            37,
            [](pod_builder& p) { p.security().sysctls = p.texts({"net/ipv4/tcp_syncookies"}); },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl "
             "net/ipv4/tcp_syncookies in securityContext.sysctls; remove it"}},
        check_case{
            "NoNameIsForbidden",
            37,
            [](pod_builder& p) { p.security().sysctls = p.texts({""}); },
            {"forbidden spec.securityContext.sysctls[0].name: pod must not set sysctl \"\" in "
             "securityContext.sysctls; remove it"}},
        check_case{
            "SeveralAreListedInOneLine",
            37,
            [](pod_builder& p) {
                p.security().sysctls = p.texts({"vm.swappiness", "kernel.msgmax", "vm.swappiness"});
            },
            {"forbidden spec.securityContext.sysctls: pod must not set sysctls kernel.msgmax, "
             "vm.swappiness in securityContext.sysctls; remove them"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
