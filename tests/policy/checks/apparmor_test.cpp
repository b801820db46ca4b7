#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class AppArmor : public testing::TestWithParam<check_case> {};

TEST_P(AppArmor, Finds) {
    EXPECT_EQ(lines_of(rule_id::app_armor_profile, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    AppArmor,
    testing::Values(
        check_case{"AbsentPasses", 0, [](pod_builder&) {}, {}},
        check_case{
            "RuntimeDefaultPasses",
            0,
            [](pod_builder& p) { p.security().app_armor = security_profile{"RuntimeDefault"}; },
            {}},
        check_case{
            "LocalhostPasses",
            37,
            [](pod_builder& p) { p.app().security.app_armor = security_profile{"Localhost"}; },
            {}},
        check_case{
            "UnconfinedPodIsForbidden",
            0,
            [](pod_builder& p) { p.security().app_armor = security_profile{"Unconfined"}; },
            {"forbidden spec.securityContext.appArmorProfile.type: pod must not set "
             "securityContext.appArmorProfile.type: Unconfined; set it to RuntimeDefault or "
             "Localhost, or remove the profile"}},
        check_case{
            "EveryContainerIsNamed",
            37,
            [](pod_builder& p) {
                p.add_init_container("init").security.app_armor = security_profile{"Unconfined"};
                p.app().security.app_armor = security_profile{"Unconfined"};
                p.add_ephemeral_container("debug").security.app_armor =
                    security_profile{"Unconfined"};
            },
            {"forbidden spec.initContainers[0].securityContext.appArmorProfile.type: init "
             "container \"init\" must not set securityContext.appArmorProfile.type: Unconfined; "
             "set it to RuntimeDefault or Localhost, or remove the profile",
             "forbidden spec.containers[0].securityContext.appArmorProfile.type: container \"app\" "
             "must not set securityContext.appArmorProfile.type: Unconfined; set it to "
             "RuntimeDefault or Localhost, or remove the profile",
             "forbidden spec.ephemeralContainers[0].securityContext.appArmorProfile.type: "
             "ephemeral container \"debug\" must not set securityContext.appArmorProfile.type: "
             "Unconfined; set it to RuntimeDefault or Localhost, or remove the profile"}},
        check_case{
            "ProfileWithoutTypeIsForbidden",
            0,
            [](pod_builder& p) { p.app().security.app_armor = security_profile{""}; },
            {"forbidden spec.containers[0].securityContext.appArmorProfile.type: container \"app\" "
             "must not set securityContext.appArmorProfile.type: \"\"; set it to RuntimeDefault or "
             "Localhost, or remove the profile"}},
        check_case{
            "UnknownTypeIsForbidden",
            0,
            [](pod_builder& p) { p.app().security.app_armor = security_profile{"runtimeDefault"}; },
            {"forbidden spec.containers[0].securityContext.appArmorProfile.type: container \"app\" "
             "must not set securityContext.appArmorProfile.type: runtimeDefault; set it to "
             "RuntimeDefault or Localhost, or remove the profile"}},
        check_case{
            "AllowedAnnotationsPass",
            0,
            [](pod_builder& p) {
                p.annotate("container.apparmor.security.beta.kubernetes.io/a", "runtime/default");
                p.annotate("container.apparmor.security.beta.kubernetes.io/b", "localhost/x");
                p.annotate("container.apparmor.security.beta.kubernetes.io/c", "");
            },
            {}},
        check_case{
            "OtherAnnotationsAreNotItsAffair",
            37,
            [](pod_builder& p) {
                p.annotate("container.seccomp.security.alpha.kubernetes.io/app", "unconfined");
            },
            {}},
        check_case{
            "AnnotationIsForbidden",
            0,
            [](pod_builder& p) {
                p.annotate("container.apparmor.security.beta.kubernetes.io/app", "unconfined");
            },
            {"forbidden metadata.annotations[container.apparmor.security.beta.kubernetes.io/app]: "
             "pod must not have the annotation container.apparmor.security.beta.kubernetes.io/app: "
             "unconfined; remove it, or set it to runtime/default or localhost/PROFILE"}},
        check_case{
            "AnnotationOfNoContainerIsForbidden",
            37,
            [](pod_builder& p) {
                p.annotate("container.apparmor.security.beta.kubernetes.io/nobody", "localhost");
            },
            {"forbidden "
             "metadata.annotations[container.apparmor.security.beta.kubernetes.io/nobody]: pod "
             "must not have the annotation container.apparmor.security.beta.kubernetes.io/nobody: "
             "localhost; remove it, or set it to runtime/default or localhost/PROFILE"}},
        check_case{
            "TextOfTheAnnotationIsMadePrintable",
            37,
            [](pod_builder& p) {
                p.annotate("container.apparmor.security.beta.kubernetes.io/a\nb", "x\ny");
            },
            {"forbidden "
             "metadata.annotations[container.apparmor.security.beta.kubernetes.io/a\\nb]: pod must "
             "not have the annotation container.apparmor.security.beta.kubernetes.io/\"a\\nb\": "
             "\"x\\ny\"; remove it, or set it to runtime/default or localhost/PROFILE"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
