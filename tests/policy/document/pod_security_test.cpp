// The section by itself, whether policies may use it yet or not.
#include "policy/document/decode.h"
#include "policy/document/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct decoded {
    pod_security_section section;
    std::size_t passed_over = 0;
};

decoded decode(std::string_view text) {
    const std::vector<yaml_document> read = parse_yaml(text);
    const schema_field* spec = field_named(policy_schema(), "spec");
    const schema_field* field = field_named(spec->value, "podSecurity");
    diagnostics to("p.yaml");
    decode_context context{.to = to};
    const section from(read.at(0).root, field->value, "spec.podSecurity", context);
    return {decode_pod_security(from), context.passed_over};
}

TEST(PodSecuritySection, IsRead) {
    const decoded read = decode("{level: restricted, version: v1.29, validationActions: [Warn],\n"
                                " exemptChecks: [seccompProfile_restricted, hostPorts]}");
    EXPECT_EQ(read.section.level, security_level::restricted);
    EXPECT_EQ(read.section.version.minor, 29U);
    EXPECT_EQ(
        read.section.validation_actions, (actions{.deny = false, .warn = true, .audit = false})
    );
    EXPECT_THAT(
        read.section.exempt_checks,
        ElementsAre(rule_id::seccomp_profile_restricted, rule_id::host_ports)
    );
    EXPECT_EQ(read.passed_over, 0U);
}

TEST(PodSecuritySection, HasDefaults) {
    const decoded read = decode("{level: baseline}");
    EXPECT_EQ(read.section.level, security_level::baseline);
    EXPECT_EQ(read.section.version, security_version{});
    EXPECT_FALSE(read.section.validation_actions.has_value());
    EXPECT_THAT(read.section.exempt_checks, IsEmpty());
}

TEST(PodSecuritySection, TakesOnlyWhatThePodSecurityStandardsKnow) {
    EXPECT_EQ(decode("{level: strict}").passed_over, 1U);
    EXPECT_EQ(decode("{level: baseline, version: 1.29}").passed_over, 1U);
    EXPECT_EQ(decode("{level: baseline, exemptChecks: [image-registry]}").passed_over, 1U);
}

} // namespace
} // namespace gatehouse::policy
