#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class Privileged : public testing::TestWithParam<check_case> {};

TEST_P(Privileged, Finds) {
    EXPECT_EQ(lines_of(rule_id::privileged, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    Privileged,
    testing::Values(
        check_case{"AbsentPasses", 0, [](pod_builder&) {}, {}},
        check_case{
            "FalsePasses",
            0,
            [](pod_builder& p) { p.app().security.privileged = false; },
            {}},
        check_case{
            "TrueIsForbidden",
            0,
            [](pod_builder& p) { p.app().security.privileged = true; },
            {"forbidden spec.containers[0].securityContext.privileged: container \"app\" must not "
             "set securityContext.privileged: true; remove it or set it to false"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").security.privileged = true;
                p.app().security.privileged = true;
                p.add_ephemeral_container("debug").security.privileged = true;
            },
            {"forbidden spec.initContainers[0].securityContext.privileged: init container \"init\" "
             "must not set securityContext.privileged: true; remove it or set it to false",
             "forbidden spec.containers[0].securityContext.privileged: container \"app\" must not "
             "set securityContext.privileged: true; remove it or set it to false",
             "forbidden spec.ephemeralContainers[0].securityContext.privileged: ephemeral "
             "container \"debug\" must not set securityContext.privileged: true; remove it or set "
             "it to false"}},
        check_case{
            "OnlyOffendersAreNamed",
            37,
            [](pod_builder& p) {
                p.add_container("good").security.privileged = false;
                p.add_container("bad").security.privileged = true;
            },
            {"forbidden spec.containers[2].securityContext.privileged: container \"bad\" must not "
             "set securityContext.privileged: true; remove it or set it to false"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
