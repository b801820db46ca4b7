#include "policy/document/parse.h"
#include "tests/support/case_name.h"
#include "tests/support/policy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing_support::errors_of;
using testing_support::parsed;
using testing_support::policy_with_spec;

pod_security_section section_of(const std::string& fields) {
    const parsed_policies read = parsed(policy_with_spec("  podSecurity: {" + fields + "}\n"));
    EXPECT_THAT(testing_support::texts(read.errors), IsEmpty());
    return read.policies.at(0).pod_security.value();
}

TEST(PolicyPodSecurity, IsRead) {
    const pod_security_section read =
        section_of("level: restricted, version: v1.29, validationActions: [Warn], exemptChecks: "
                   "[seccompProfile_restricted, hostPorts]");
    EXPECT_EQ(read.level, security_level::restricted);
    EXPECT_EQ(read.version.minor, 29U);
    EXPECT_EQ(read.validation_actions, (actions{.deny = false, .warn = true, .audit = false}));
    EXPECT_THAT(
        read.exempt_checks, ElementsAre(rule_id::seccomp_profile_restricted, rule_id::host_ports)
    );
}

TEST(PolicyPodSecurity, HasDefaults) {
    const pod_security_section read = section_of("level: baseline");
    EXPECT_EQ(read.level, security_level::baseline);
    EXPECT_EQ(read.version, security_version{});
    EXPECT_FALSE(read.validation_actions.has_value());
    EXPECT_THAT(read.exempt_checks, IsEmpty());
}

TEST(PolicyPodSecurity, LevelsAreThree) {
    EXPECT_EQ(section_of("level: privileged").level, security_level::privileged);
    EXPECT_EQ(section_of("level: baseline").level, security_level::baseline);
    EXPECT_EQ(section_of("level: restricted").level, security_level::restricted);
}

struct pod_security_case {
    std::string name;
    std::string fields; ///< from column 17 of line 5 on
    std::vector<std::string> errors;
};

class PolicyPodSecurityErrors : public testing::TestWithParam<pod_security_case> {};

TEST_P(PolicyPodSecurityErrors, AreTold) {
    EXPECT_THAT(
        errors_of(policy_with_spec("  podSecurity: {" + GetParam().fields + "}\n")),
        ElementsAreArray(GetParam().errors)
    );
}

INSTANTIATE_TEST_SUITE_P(
    Fields,
    PolicyPodSecurityErrors,
    testing::Values(
        pod_security_case{"LevelMissing", "", {"5:16: spec.podSecurity.level: is required"}},
        pod_security_case{
            "LevelUnknown",
            "level: strict",
            {"5:24: spec.podSecurity.level: \"strict\" is unknown; it may be privileged, baseline, "
             "restricted"}},
        pod_security_case{
            "LevelMisspelt",
            "level: Restricted",
            {"5:24: spec.podSecurity.level: \"Restricted\" is unknown; did you mean restricted?"}},
        pod_security_case{
            "VersionWithoutV",
            "level: baseline, version: 1.29",
            {"5:43: spec.podSecurity.version: must be latest or a version such as v1.31; not "
             "\"1.29\""}},
        pod_security_case{
            "VersionWithPatch",
            "level: baseline, version: v1.29.1",
            {"5:43: spec.podSecurity.version: must be latest or a version such as v1.31; not "
             "\"v1.29.1\""}},
        pod_security_case{
            "MajorVersionTwo",
            "level: baseline, version: v2.0",
            {"5:43: spec.podSecurity.version: must be latest or a version such as v1.31; not "
             "\"v2.0\""}},
        pod_security_case{"FutureVersion", "level: baseline, version: v1.99", {}},
        pod_security_case{"NoExemptChecks", "level: baseline, exemptChecks: []", {}},
        pod_security_case{
            "CheckUnknown",
            "level: baseline, exemptChecks: [hostPort]",
            {"5:49: spec.podSecurity.exemptChecks[0]: \"hostPort\" is unknown; did you mean "
             "hostPorts?"}},
        pod_security_case{
            "RuleThatIsNoCheck",
            "level: baseline, exemptChecks: [image-registry]",
            {"5:49: spec.podSecurity.exemptChecks[0]: \"image-registry\" is unknown; it may be "
             "appArmorProfile, capabilities_baseline, hostNamespaces, hostPathVolumes, hostPorts, "
             "hostProbesAndHostLifecycle, privileged, procMount, seLinuxOptions, "
             "seccompProfile_baseline, sysctls, windowsHostProcess, allowPrivilegeEscalation, "
             "capabilities_restricted, procMount_restricted, restrictedVolumes, runAsNonRoot, "
             "runAsUser, seccompProfile_restricted"}},
        pod_security_case{
            "CheckTwice",
            "level: baseline, exemptChecks: [sysctls, sysctls]",
            {"5:58: spec.podSecurity.exemptChecks[1]: \"sysctls\" is listed twice; first in line "
             "5"}},
        pod_security_case{
            "DenyWithWarn",
            "level: baseline, validationActions: [Deny, Warn]",
            {"5:53: spec.podSecurity.validationActions: Deny and Warn exclude each other: a denial "
             "says all that a warning would"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
