#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class CapabilitiesBaseline : public testing::TestWithParam<check_case> {};

TEST_P(CapabilitiesBaseline, Finds) {
    EXPECT_EQ(lines_of(rule_id::capabilities_baseline, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    CapabilitiesBaseline,
    testing::Values(
        check_case{"AbsentPasses", 0, [](pod_builder&) {}, {}},
        check_case{
            "EmptyObjectPasses",
            0,
            [](pod_builder& p) { p.app().security.capabilities = capabilities{}; },
            {}},
        check_case{
            "TheThirteenPass",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities = capabilities{
                    .add = p.texts(
                        {"AUDIT_WRITE",
                         "CHOWN",
                         "DAC_OVERRIDE",
                         "FOWNER",
                         "FSETID",
                         "KILL",
                         "MKNOD",
                         "NET_BIND_SERVICE",
                         "SETFCAP",
                         "SETGID",
                         "SETPCAP",
                         "SETUID",
                         "SYS_CHROOT"}
                    ),
                    .drop = {}};
            },
            {}},
        check_case{
            "NetRawIsForbiddenAlthoughRuntimesGrantIt",
            0,
            [](pod_builder& p) {
                p.app().security.capabilities =
                    capabilities{.add = p.texts({"NET_RAW"}), .drop = {}};
            },
            {"forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capability NET_RAW in securityContext.capabilities.add; remove it, only "
             "AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, "
             "SETFCAP, SETGID, SETPCAP, SETUID or SYS_CHROOT may be added"}},
        check_case{
            "PrefixIsForbidden",
            0,
            [](pod_builder& p) {
                p.app().security.capabilities =
                    capabilities{.add = p.texts({"CAP_CHOWN"}), .drop = {}};
            },
            {"forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capability CAP_CHOWN in securityContext.capabilities.add; remove it, "
             "only AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, "
             "NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID or SYS_CHROOT may be added"}},
        check_case{
            "LowerCaseIsForbidden",
            0,
            [](pod_builder& p) {
                p.app().security.capabilities = capabilities{.add = p.texts({"chown"}), .drop = {}};
            },
            {"forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capability chown in securityContext.capabilities.add; remove it, only "
             "AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, "
             "SETFCAP, SETGID, SETPCAP, SETUID or SYS_CHROOT may be added"}},
        check_case{
            "AllIsForbidden",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities = capabilities{.add = p.texts({"ALL"}), .drop = {}};
            },
            {"forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capability ALL in securityContext.capabilities.add; remove it, only "
             "AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, "
             "SETFCAP, SETGID, SETPCAP, SETUID or SYS_CHROOT may be added"}},
        check_case{
            "AllForbiddenOnesAreListedSortedAndOnce",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities = capabilities{
                    .add = p.texts({"SYS_TIME", "CHOWN", "NET_ADMIN", "SYS_TIME"}), .drop = {}};
            },
            {"forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capabilities NET_ADMIN, SYS_TIME in securityContext.capabilities.add; "
             "remove them, only AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, "
             "NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID or SYS_CHROOT may be added"}},
        check_case{
            "ALongListIsCut",
            37,
            [](pod_builder& p) {
                p.app().security.capabilities = capabilities{
                    .add = p.texts({"A", "B", "C", "D", "E", "F", "G", "H"}), .drop = {}};
            },
            {"forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capabilities A, B, C, D, E, F and 2 more in "
             "securityContext.capabilities.add; remove them, only AUDIT_WRITE, CHOWN, "
             "DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, "
             "SETPCAP, SETUID or SYS_CHROOT may be added"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").security.capabilities =
                    capabilities{.add = p.texts({"SYS_ADMIN"}), .drop = {}};
                p.app().security.capabilities =
                    capabilities{.add = p.texts({"SYS_ADMIN"}), .drop = {}};
                p.add_ephemeral_container("debug").security.capabilities =
                    capabilities{.add = p.texts({"SYS_ADMIN"}), .drop = {}};
            },
            {"forbidden spec.initContainers[0].securityContext.capabilities.add: init container "
             "\"init\" must not add capability SYS_ADMIN in securityContext.capabilities.add; "
             "remove it, only AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, "
             "NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID or SYS_CHROOT may be added",
             "forbidden spec.containers[0].securityContext.capabilities.add: container \"app\" "
             "must not add capability SYS_ADMIN in securityContext.capabilities.add; remove it, "
             "only AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, "
             "NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID or SYS_CHROOT may be added",
             "forbidden spec.ephemeralContainers[0].securityContext.capabilities.add: ephemeral "
             "container \"debug\" must not add capability SYS_ADMIN in "
             "securityContext.capabilities.add; remove it, only AUDIT_WRITE, CHOWN, DAC_OVERRIDE, "
             "FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID or "
             "SYS_CHROOT may be added"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
