#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class SeLinux : public testing::TestWithParam<check_case> {};

TEST_P(SeLinux, Finds) {
    EXPECT_EQ(lines_of(rule_id::se_linux_options, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    SeLinux,
    testing::Values(
        check_case{"AbsentPasses", 0, [](pod_builder&) {}, {}},
        check_case{
            "EmptyOptionsPass",
            0,
            [](pod_builder& p) {
                p.security().se_linux = se_linux_options{.type = "", .user = "", .role = ""};
            },
            {}},
        check_case{
            "ContainerTypesPass",
            0,
            [](pod_builder& p) {
                p.security().se_linux =
                    se_linux_options{.type = "container_t", .user = "", .role = ""};
                p.app().security.se_linux =
                    se_linux_options{.type = "container_init_t", .user = "", .role = ""};
                p.add_container("kvm").security.se_linux =
                    se_linux_options{.type = "container_kvm_t", .user = "", .role = ""};
            },
            {}},
        check_case{
            "EngineIsForbiddenBefore31",
            30,
            [](pod_builder& p) {
                p.app().security.se_linux =
                    se_linux_options{.type = "container_engine_t", .user = "", .role = ""};
            },
            {"forbidden spec.containers[0].securityContext.seLinuxOptions.type: container \"app\" "
             "must not set securityContext.seLinuxOptions.type: container_engine_t; remove it or "
             "set it to container_t, container_init_t or container_kvm_t"}},
        check_case{
            "EnginePassesFrom31",
            31,
            [](pod_builder& p) {
                p.app().security.se_linux =
                    se_linux_options{.type = "container_engine_t", .user = "", .role = ""};
            },
            {}},
        check_case{
            "OtherTypesAreForbidden",
            0,
            [](pod_builder& p) {
                p.app().security.se_linux =
                    se_linux_options{.type = "spc_t", .user = "", .role = ""};
            },
            {"forbidden spec.containers[0].securityContext.seLinuxOptions.type: container \"app\" "
             "must not set securityContext.seLinuxOptions.type: spc_t; remove it or set it to "
             "container_t, container_init_t or container_kvm_t"}},
        check_case{
            "OtherTypesAreForbiddenFrom31",
            31,
            [](pod_builder& p) {
                p.app().security.se_linux =
                    se_linux_options{.type = "spc_t", .user = "", .role = ""};
            },
            {"forbidden spec.containers[0].securityContext.seLinuxOptions.type: container \"app\" "
             "must not set securityContext.seLinuxOptions.type: spc_t; remove it or set it to "
             "container_t, container_init_t, container_kvm_t or container_engine_t"}},
        check_case{
            "UserIsForbidden",
            0,
            [](pod_builder& p) {
                p.app().security.se_linux =
                    se_linux_options{.type = "", .user = "system_u", .role = ""};
            },
            {"forbidden spec.containers[0].securityContext.seLinuxOptions.user: container \"app\" "
             "must not set securityContext.seLinuxOptions.user: system_u; remove it"}},
        check_case{
            "RoleIsForbidden",
            37,
            [](pod_builder& p) {
                p.security().se_linux =
                    se_linux_options{.type = "", .user = "", .role = "system_r"};
            },
            {"forbidden spec.securityContext.seLinuxOptions.role: pod must not set "
             "securityContext.seLinuxOptions.role: system_r; remove it"}},
        check_case{
            "AllThreeAreTold",
            31,
            [](pod_builder& p) {
                p.app().security.se_linux =
                    se_linux_options{.type = "spc_t", .user = "u", .role = "r"};
            },
            {"forbidden spec.containers[0].securityContext.seLinuxOptions.type: container \"app\" "
             "must not set securityContext.seLinuxOptions.type: spc_t; remove it or set it to "
             "container_t, container_init_t, container_kvm_t or container_engine_t",
             "forbidden spec.containers[0].securityContext.seLinuxOptions.user: container \"app\" "
             "must not set securityContext.seLinuxOptions.user: u; remove it",
             "forbidden spec.containers[0].securityContext.seLinuxOptions.role: container \"app\" "
             "must not set securityContext.seLinuxOptions.role: r; remove it"}},
        check_case{
            "PodAndEveryContainerAreNamed",
            37,
            [](pod_builder& p) {
                p.security().se_linux = se_linux_options{.type = "x", .user = "", .role = ""};
                p.add_init_container("init").security.se_linux =
                    se_linux_options{.type = "x", .user = "", .role = ""};
                p.app().security.se_linux = se_linux_options{.type = "x", .user = "", .role = ""};
                p.add_ephemeral_container("debug").security.se_linux =
                    se_linux_options{.type = "x", .user = "", .role = ""};
            },
            {"forbidden spec.securityContext.seLinuxOptions.type: pod must not set "
             "securityContext.seLinuxOptions.type: x; remove it or set it to container_t, "
             "container_init_t, container_kvm_t or container_engine_t",
             "forbidden spec.initContainers[0].securityContext.seLinuxOptions.type: init container "
             "\"init\" must not set securityContext.seLinuxOptions.type: x; remove it or set it to "
             "container_t, container_init_t, container_kvm_t or container_engine_t",
             "forbidden spec.containers[0].securityContext.seLinuxOptions.type: container \"app\" "
             "must not set securityContext.seLinuxOptions.type: x; remove it or set it to "
             "container_t, container_init_t, container_kvm_t or container_engine_t",
             "forbidden spec.ephemeralContainers[0].securityContext.seLinuxOptions.type: ephemeral "
             "container \"debug\" must not set securityContext.seLinuxOptions.type: x; remove it "
             "or set it to container_t, container_init_t, container_kvm_t or container_engine_t"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
