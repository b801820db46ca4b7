#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class SeccompBaseline : public testing::TestWithParam<check_case> {};

TEST_P(SeccompBaseline, Finds) {
    EXPECT_EQ(lines_of(rule_id::seccomp_profile_baseline, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    SeccompBaseline,
    testing::Values(
        check_case{"NoAnnotationsPass", 0, [](pod_builder&) {}, {}},
        check_case{
            "AllowedPodAnnotationPasses",
            18,
            [](pod_builder& p) {
                p.annotate("seccomp.security.alpha.kubernetes.io/pod", "docker/default");
            },
            {}},
        check_case{
            "AllowedContainerAnnotationsPass",
            0,
            [](pod_builder& p) {
                p.annotate("container.seccomp.security.alpha.kubernetes.io/app", "localhost/x");
                p.add_container("b");
                p.annotate("container.seccomp.security.alpha.kubernetes.io/b", "runtime/default");
            },
            {}},
        check_case{
            "PodAnnotationIsForbidden",
            0,
            [](pod_builder& p) {
                p.annotate("seccomp.security.alpha.kubernetes.io/pod", "unconfined");
            },
            {"forbidden metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: pod must "
             "not have the annotation seccomp.security.alpha.kubernetes.io/pod: unconfined; remove "
             "it, or set it to runtime/default or localhost/PROFILE"}},
        check_case{
            "EmptyAnnotationIsForbidden",
            0,
            [](pod_builder& p) { p.annotate("seccomp.security.alpha.kubernetes.io/pod", ""); },
            {"forbidden metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: pod must "
             "not have the annotation seccomp.security.alpha.kubernetes.io/pod: \"\"; remove it, "
             "or set it to runtime/default or localhost/PROFILE"}},
        check_case{
            "ContainerAnnotationIsForbidden",
            18,
            [](pod_builder& p) {
                p.annotate("container.seccomp.security.alpha.kubernetes.io/app", "unconfined");
            },
            {"forbidden metadata.annotations[container.seccomp.security.alpha.kubernetes.io/app]: "
             "container \"app\" must not have the annotation "
             "container.seccomp.security.alpha.kubernetes.io/app: unconfined; remove it, or set it "
             "to runtime/default or localhost/PROFILE"}},
        check_case{
            "InitAndEphemeralContainersCount",
            18,
            [](pod_builder& p) {
                p.add_init_container("i");
                p.add_ephemeral_container("e");
                p.annotate("container.seccomp.security.alpha.kubernetes.io/e", "unconfined");
                p.annotate("container.seccomp.security.alpha.kubernetes.io/i", "unconfined");
            },
            {"forbidden metadata.annotations[container.seccomp.security.alpha.kubernetes.io/i]: "
             "init container \"i\" must not have the annotation "
             "container.seccomp.security.alpha.kubernetes.io/i: unconfined; remove it, or set it "
             "to runtime/default or localhost/PROFILE",
             "forbidden metadata.annotations[container.seccomp.security.alpha.kubernetes.io/e]: "
             "ephemeral container \"e\" must not have the annotation "
             "container.seccomp.security.alpha.kubernetes.io/e: unconfined; remove it, or set it "
             "to runtime/default or localhost/PROFILE"}},
        check_case{
            "AnnotationOfNoContainerIsIgnored",
            18,
            [](pod_builder& p) {
                p.annotate("container.seccomp.security.alpha.kubernetes.io/nobody", "unconfined");
            },
            {}},
        check_case{
            "FieldsMeanNothingBefore19",
            18,
            [](pod_builder& p) { p.security().seccomp = security_profile{"Unconfined"}; },
            {}},
        check_case{
            "AnnotationsMeanNothingFrom19",
            19,
            [](pod_builder& p) {
                p.annotate("seccomp.security.alpha.kubernetes.io/pod", "unconfined");
                p.annotate("container.seccomp.security.alpha.kubernetes.io/app", "unconfined");
            },
            {}},
        check_case{"AbsentFieldPasses", 19, [](pod_builder&) {}, {}},
        check_case{
            "GoodFieldsPass",
            19,
            [](pod_builder& p) {
                p.security().seccomp = security_profile{"Localhost"};
                p.app().security.seccomp = security_profile{"RuntimeDefault"};
            },
            {}},
        check_case{
            "UnconfinedIsForbidden",
            19,
            [](pod_builder& p) { p.app().security.seccomp = security_profile{"Unconfined"}; },
            {"forbidden spec.containers[0].securityContext.seccompProfile.type: container \"app\" "
             "must not set securityContext.seccompProfile.type: Unconfined; set it to "
             "RuntimeDefault or Localhost, or remove the profile"}},
        check_case{
            "ProfileWithoutTypeIsForbidden",
            19,
            [](pod_builder& p) { p.security().seccomp = security_profile{""}; },
            {"forbidden spec.securityContext.seccompProfile.type: pod must not set "
             "securityContext.seccompProfile.type: \"\"; set it to RuntimeDefault or Localhost, or "
             "remove the profile"}},
        check_case{
            "PodAndEveryContainerAreNamed",
            37,
            [](pod_builder& p) {
                p.security().seccomp = security_profile{"Unconfined"};
                p.add_init_container("init").security.seccomp = security_profile{"Unconfined"};
                p.app().security.seccomp = security_profile{"Unconfined"};
                p.add_ephemeral_container("debug").security.seccomp =
                    security_profile{"Unconfined"};
            },
            {"forbidden spec.securityContext.seccompProfile.type: pod must not set "
             "securityContext.seccompProfile.type: Unconfined; set it to RuntimeDefault or "
             "Localhost, or remove the profile",
             "forbidden spec.initContainers[0].securityContext.seccompProfile.type: init container "
             "\"init\" must not set securityContext.seccompProfile.type: Unconfined; set it to "
             "RuntimeDefault or Localhost, or remove the profile",
             "forbidden spec.containers[0].securityContext.seccompProfile.type: container \"app\" "
             "must not set securityContext.seccompProfile.type: Unconfined; set it to "
             "RuntimeDefault or Localhost, or remove the profile",
             "forbidden spec.ephemeralContainers[0].securityContext.seccompProfile.type: ephemeral "
             "container \"debug\" must not set securityContext.seccompProfile.type: Unconfined; "
             "set it to RuntimeDefault or Localhost, or remove the profile"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
