#include "policy/exempt.h"

#include "policy/decide.h"
#include "tests/support/case_name.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::judged_request;
using testing_support::policy_with;

constexpr std::chrono::sys_days today{std::chrono::year{2026} / 8 / 1};

const std::string bad_tag = R"({"containers":[{"name":"app","image":"a:bad"}]})";
const std::string deny_bad = "images: {denyTags: [bad]}";

struct exemption_case {
    std::string name;
    std::string exemption;          ///< fields beside name, reason
    std::vector<std::string> rules; ///< that still stand
};

class Exemptions : public testing::TestWithParam<exemption_case> {};

TEST_P(Exemptions, LiftWhatTheyName) {
    const auto policies = policy_with(
        "runAs: {runAsUser: {rule: MustRunAsNonRoot}, fsGroup: {rule: MustRunAs, ranges: [{min: 1, "
        "max: "
        "1}]}}, images: {denyTags: [bad]}, exemptions: [{name: e, reason: r, "
        + GetParam().exemption + "}]"
    );
    const verdict got = judged_request(bad_tag).verdict(*policies, today);
    std::vector<std::string> rules;
    for (const violation& one : got.violations) {
        rules.emplace_back(id_of(one.rule));
    }
    EXPECT_EQ(rules, GetParam().rules);
    EXPECT_EQ(got.exemptions.size(), 3 - rules.size());
}

const std::vector<std::string> all_three = {"image-tag", "run-as-user", "fs-group"};

INSTANTIATE_TEST_SUITE_P(
    Decide,
    Exemptions,
    testing::Values(
        exemption_case{
            "ByImage",
            "images: [a], rules: [image-tag], until: never",
            {"run-as-user", "fs-group"}},
        exemption_case{
            "ByImageTwoRules",
            "images: [a], rules: [image-tag, run-as-user], until: never",
            {"fs-group"}},
        exemption_case{
            "ByImageNotThePodsOwn",
            "images: [a], rules: [fs-group], until: never",
            all_three},
        exemption_case{
            "ByNamespaceThePodsOwnToo",
            "namespaces: [prod], rules: [fs-group], until: never",
            {"image-tag", "run-as-user"}},
        exemption_case{"OtherImage", "images: [b], rules: [image-tag], until: never", all_three},
        exemption_case{
            "OtherNamespace",
            "namespaces: [dev], rules: [image-tag], until: never",
            all_three},
        exemption_case{
            "BothMustHold",
            "images: [a], namespaces: [dev], rules: [image-tag], until: never",
            all_three},
        exemption_case{
            "TheLastDay",
            R"(images: [a], rules: [image-tag], until: "2026-08-01")",
            {"run-as-user", "fs-group"}},
        exemption_case{
            "TheDayAfter",
            R"(images: [a], rules: [image-tag], until: "2026-07-31")",
            all_three}
    ),
    testing_support::case_name()
);

TEST(Exemptions, ActInTheirOwnPolicyOnly) {
    const std::string hole =
        "exemptions: [{name: e, reason: r, images: [a], rules: [image-tag], until: never}], ";
    const std::string head =
        "---\napiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: ";
    const auto policies = testing_support::policies_of(
        head + "{name: a}\nspec: {" + hole + deny_bad + "}\n" + head + "{name: b}\nspec: {"
        + deny_bad + "}\n"
    );
    EXPECT_THAT(
        judged_request(bad_tag).lines(*policies), ElementsAre(testing::EndsWith("[b/image-tag]"))
    );
}

std::vector<std::string> further_warnings_on(std::chrono::sys_days day) {
    const auto policies = policy_with(
        R"(exemptions: [{name: e, reason: r, images: [a], rules: [image-tag], until: "2026-08-31"}], )"
        + deny_bad
    );
    return judged_request(bad_tag).verdict(*policies, day).further_warnings;
}

TEST(Exemptions, WarnFromFourteenDaysBeforeTheirEnd) {
    using std::chrono::year;
    EXPECT_THAT(further_warnings_on(std::chrono::sys_days{year{2026} / 8 / 16}), IsEmpty());
    EXPECT_THAT(
        further_warnings_on(std::chrono::sys_days{year{2026} / 8 / 17}),
        ElementsAre("exemption e of policy p, used here, holds until 2026-08-31 only")
    );
}

// Pod Security judges the whole pod on an update, so exemptions must reach what has not changed.
TEST(ExemptionsOnUpdate, LiftPodSecurityFindingsOfUnchangedContainers) {
    const auto policies = policy_with(
        "podSecurity: {level: baseline}, exemptions: [{name: e, reason: r, until: never, images: "
        "[proxy], rules: [privileged]}]"
    );
    const std::string proxy =
        R"({"name":"proxy","image":"proxy:1","securityContext":{"privileged":true}})";
    const std::string added = R"(,"ephemeralContainers":[{"name":"debug","image":"debug:1"}])";
    judged_request request(R"({"containers":[)" + proxy + "]" + added + "}");
    request.set_old(R"({"containers":[)" + proxy + "]}");
    const verdict got = request.verdict(*policies, today);
    EXPECT_THAT(testing_support::lines_of(got), IsEmpty());
    EXPECT_EQ(got.exemptions.size(), 1U);
}

TEST(Exemptions, OfAnImageLiftNothingFromWhatIsNoImage) {
    const auto policies = policy_with(
        "images: {denyTags: [bad]}, exemptions: [{name: e, reason: r, images: [\"**\"], rules: "
        "[image-reference, image-tag], until: never}]"
    );
    const verdict got =
        judged_request(R"({"containers":[{"name":"a","image":"A/b"},{"name":"b","image":"b:bad"}]})"
        )
            .verdict(*policies, today);
    ASSERT_EQ(got.violations.size(), 1U);
    EXPECT_EQ(got.violations[0].rule, rule_id::image_reference);
    EXPECT_EQ(got.exemptions.size(), 1U);
}

} // namespace
} // namespace gatehouse::policy
