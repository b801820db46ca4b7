#include "policy/document/parse.h"
#include "tests/support/case_name.h"
#include "tests/support/policy_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing_support::errors_of;
using testing_support::parsed;
using testing_support::policy_text_with;

TEST(PolicyExemptions, AreRead) {
    const parsed_policies read = parsed(policy_text_with(R"(  exemptions:
  - name: mesh-sidecar
    images: ["reg.example/mesh/proxy"]
    namespaces: [web]
    rules: [image-registry, run-as-user, hostPorts]
    until: 2027-01-31
    reason: injected, ticket 4711
  - {name: b, namespaces: ["*"], rules: [fs-group], until: never, reason: "-"}
)"));
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    const std::vector<exemption>& exemptions = read.policies.at(0).exemptions;
    ASSERT_EQ(exemptions.size(), 2U);
    EXPECT_EQ(exemptions[0].name, "mesh-sidecar");
    EXPECT_EQ(exemptions[0].images.summary(), "reg.example/mesh/proxy");
    EXPECT_THAT(exemptions[0].namespaces, ElementsAre("web"));
    EXPECT_THAT(
        exemptions[0].rules,
        ElementsAre(rule_id::image_registry, rule_id::run_as_user, rule_id::host_ports)
    );
    using namespace std::chrono;
    EXPECT_EQ(exemptions[0].until, sys_days(2027y / January / 31));
    EXPECT_EQ(exemptions[0].reason, "injected, ticket 4711");
    EXPECT_TRUE(exemptions[1].images.empty());
    EXPECT_FALSE(exemptions[1].until.has_value());
}

TEST(PolicyExemptions, MayBeNone) {
    EXPECT_THAT(errors_of(policy_text_with("  exemptions: []\n")), IsEmpty());
}

struct exemption_case {
    std::string name;
    std::string fields; ///< of the one exemption, from column 6 of line 7 on
    std::vector<std::string> errors;
};

class PolicyExemptionErrors : public testing::TestWithParam<exemption_case> {};

TEST_P(PolicyExemptionErrors, AreTold) {
    const std::string lines = "  exemptions:\n  - {" + GetParam().fields + "}\n";
    EXPECT_THAT(errors_of(policy_text_with(lines)), ElementsAreArray(GetParam().errors));
}

constexpr const char* rest = ", namespaces: [a], rules: [fs-group], until: never, reason: r";

INSTANTIATE_TEST_SUITE_P(
    Fields,
    PolicyExemptionErrors,
    testing::Values(
        exemption_case{
            "Empty",
            "",
            {"7:5: spec.exemptions[0].name: is required",
             "7:5: spec.exemptions[0].rules: is required",
             "7:5: spec.exemptions[0].until: is required",
             "7:5: spec.exemptions[0].reason: is required",
             "7:5: spec.exemptions[0]: needs images or namespaces, else it lifts its rules "
             "everywhere"}},
        exemption_case{
            "NoScope",
            "name: a, rules: [fs-group], until: never, reason: r",
            {"7:5: spec.exemptions[0]: needs images or namespaces, else it lifts its rules "
             "everywhere"}},
        exemption_case{
            "EmptyLists",
            "name: a, images: [], namespaces: [], rules: [], until: never, reason: r",
            {"7:23: spec.exemptions[0].images: must not be an empty list",
             "7:39: spec.exemptions[0].namespaces: must not be an empty list",
             "7:50: spec.exemptions[0].rules: must not be an empty list"}},
        exemption_case{
            "NameWithAComma",
            std::string("name: 'a,b'") + rest,
            {"7:12: spec.exemptions[0].name: \"a,b\" is not a name: letters, digits, \"-\", \"_\" "
             "and \".\", with a letter or digit at both ends"}},
        exemption_case{
            "NameTooLong",
            "name: " + std::string(64, 'a') + rest,
            {"7:12: spec.exemptions[0].name: is longer than 63 characters"}},
        exemption_case{"NameWithCapitals", std::string("name: Ab_c.d-9") + rest, {}},
        exemption_case{
            "UnknownRule",
            "name: a, namespaces: [a], rules: [image-regstry], until: never, reason: r",
            {"7:40: spec.exemptions[0].rules[0]: \"image-regstry\" is unknown; did you mean "
             "image-registry?"}},
        exemption_case{
            "RuleTwice",
            "name: a, namespaces: [a], rules: [fs-group, fs-group], until: never, reason: r",
            {"7:50: spec.exemptions[0].rules[1]: \"fs-group\" is listed twice; first in line 7"}},
        exemption_case{
            "BlankReason",
            "name: a, namespaces: [a], rules: [fs-group], until: never, reason: ' '",
            {"7:73: spec.exemptions[0].reason: must say something"}},
        exemption_case{
            "EmptyReason",
            "name: a, namespaces: [a], rules: [fs-group], until: never, reason: ''",
            {"7:73: spec.exemptions[0].reason: must not be empty"}},
        exemption_case{
            "ReasonTooLong",
            "name: a, namespaces: [a], rules: [fs-group], until: never, reason: "
                + std::string(1025, 'r'),
            {"7:73: spec.exemptions[0].reason: is longer than 1024 characters"}},
        exemption_case{
            "BadPattern",
            "name: a, images: ['a//b'], rules: [fs-group], until: never, reason: r",
            {"7:24: spec.exemptions[0].images[0]: the pattern has an empty segment; write "
             "\"a/b\""}},
        exemption_case{
            "BadNamespace",
            "name: a, namespaces: [A], rules: [fs-group], until: never, reason: r",
            {"7:28: spec.exemptions[0].namespaces[0]: \"A\" can match nothing: namespaces are at "
             "most 63 lower-case letters and digits, with \"-\" between"}}
    ),
    testing_support::case_name()
);

struct day_case {
    std::string name;
    std::string day;
    std::string error;
};

class PolicyExemptionDay : public testing::TestWithParam<day_case> {};

TEST_P(PolicyExemptionDay, IsADayOfTheCalendar) {
    const std::string lines =
        "  exemptions:\n  - {name: a, namespaces: [a], rules: [fs-group], reason: r, until: "
        + GetParam().day + "}\n";
    std::vector<std::string> expected;
    if (!GetParam().error.empty()) {
        expected = {"7:69: spec.exemptions[0].until: " + GetParam().error};
    }
    EXPECT_THAT(errors_of(policy_text_with(lines)), ElementsAreArray(expected));
}

INSTANTIATE_TEST_SUITE_P(
    Days,
    PolicyExemptionDay,
    testing::Values(
        day_case{"Plain", "2027-01-31", ""},
        day_case{"Quoted", "\"2027-01-31\"", ""},
        day_case{"Never", "never", ""},
        day_case{"LeapDay", "2028-02-29", ""},
        day_case{"NoLeapDay", "2027-02-29", "there is no day 2027-02-29"},
        day_case{"NoMonth", "2027-13-01", "there is no day 2027-13-01"},
        day_case{"NoDay", "2027-00-00", "there is no day 2027-00-00"},
        day_case{
            "Short",
            "2027-1-31",
            "must be a day such as 2027-01-31, or never; not \"2027-1-31\""},
        day_case{
            "WithTime",
            "\"2027-01-31T00:00:00Z\"",
            "must be a day such as 2027-01-31, or never; not \"2027-01-31T00:00:00Z\""},
        day_case{"Capital", "Never", "must be a day such as 2027-01-31, or never; not \"Never\""},
        day_case{
            "OtherOrder",
            "31-01-2027",
            "must be a day such as 2027-01-31, or never; not \"31-01-2027\""}
    ),
    testing_support::case_name()
);

TEST(PolicyExemptions, NamesAreUniqueInAPolicy) {
    const std::string one = fmt::format("  - {{name: a{}}}\n", rest);
    EXPECT_THAT(
        errors_of(policy_text_with("  exemptions:\n" + one + one)),
        ElementsAre(
            "8:12: spec.exemptions[1].name: \"a\" is the name of another exemption too, in line 7"
        )
    );
}

TEST(PolicyExemptions, AreBounded) {
    const auto lines = [](int number) {
        std::string out = "  exemptions:\n";
        for (int i = 0; i < number; ++i) {
            out += fmt::format("  - {{name: a{}{}}}\n", i, rest);
        }
        return out;
    };
    EXPECT_THAT(errors_of(policy_text_with(lines(256))), IsEmpty());
    EXPECT_THAT(
        errors_of(policy_text_with(lines(257))),
        ElementsAre("7:3: spec.exemptions: has 257 items; at most 256 are allowed")
    );
}

TEST(PolicyExemptions, HostWildcardsAreWarnedOf) {
    const parsed_policies read = parsed(policy_text_with(
        "  exemptions:\n"
        "  - {name: a, images: ['**/proxy'], rules: [fs-group], until: never, reason: r}\n"
    ));
    EXPECT_THAT(
        testing_support::texts(read.warnings),
        ElementsAre(
            "p.yaml:7:24: spec.exemptions[0].images[0]: the host has a wildcard: whoever can "
            "name a registry like that is let in; write the hosts out"
        )
    );
}

} // namespace
} // namespace gatehouse::policy
