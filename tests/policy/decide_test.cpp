#include "policy/decide.h"

#include "tests/support/case_name.h"
#include "tests/support/denied_tag.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::bad_tag;
using testing_support::bad_tag_text;
using testing_support::deny_bad;
using testing_support::judged_request;
using testing_support::lines_of;
using testing_support::policies_of;
using testing_support::policy_text;
using testing_support::policy_with;

struct action_case {
    std::string name;
    std::string spec;
    std::vector<std::string> lines;
    decision decided;
};

class Actions : public testing::TestWithParam<action_case> {};

TEST_P(Actions, FollowFromThePolicy) {
    const auto policies = policy_with(GetParam().spec);
    const verdict got = judged_request(bad_tag).verdict(*policies);
    EXPECT_EQ(lines_of(got), GetParam().lines);
    EXPECT_EQ(got.decision, GetParam().decided);
}

const std::string of_p = bad_tag_text + "[p/image-tag]";

INSTANTIATE_TEST_SUITE_P(
    Decide,
    Actions,
    testing::Values(
        action_case{"DenyIsTheDefault", deny_bad, {"Deny " + of_p}, decision::deny},
        action_case{
            "Warn",
            "validationActions: [Warn], " + deny_bad,
            {"Warn " + of_p},
            decision::allow},
        action_case{
            "Audit",
            "validationActions: [Audit], " + deny_bad,
            {"Audit " + of_p},
            decision::allow},
        action_case{
            "Both",
            "validationActions: [Audit, Deny], " + deny_bad,
            {"Deny " + of_p, "Audit " + of_p},
            decision::deny},
        action_case{
            "TheSectionsOwnWin",
            "validationActions: [Warn], images: {denyTags: [bad], validationActions: [Deny]}",
            {"Deny " + of_p},
            decision::deny}
    ),
    testing_support::case_name()
);

TEST(Combination, OneFindingOfSeveralPoliciesIsOneLine) {
    const auto policies = policies_of(policy_text("b", deny_bad) + policy_text("a", deny_bad));
    EXPECT_THAT(
        judged_request(bad_tag).lines(*policies),
        ElementsAre("Deny " + bad_tag_text + "[b/image-tag, a/image-tag]")
    );
}

TEST(Combination, DifferentActionsStayApart) {
    const auto policies = policies_of(
        policy_text("a", deny_bad) + policy_text("b", "validationActions: [Warn], " + deny_bad)
    );
    EXPECT_THAT(
        judged_request(bad_tag).lines(*policies),
        ElementsAre(
            "Deny " + bad_tag_text + "[a/image-tag]", "Warn " + bad_tag_text + "[b/image-tag]"
        )
    );
}

TEST(Combination, IsOrderedByRuleThenByPlace) {
    const auto policies = policy_with(
        "podSecurity: {level: baseline}, runAs: {runAsUser: {rule: MustRunAsNonRoot}, fsGroup: "
        "{rule: "
        "MustRunAs, ranges: [{min: 1, max: 2}]}}, images: {denyTags: [bad], requireDigest: true}"
    );
    const verdict got =
        judged_request(
            R"({"hostPID":true,"containers":[{"name":"z","image":"a:bad"},{"name":"a","image":"a:bad","securityContext":{"runAsUser":0}}]})"
        )
            .verdict(*policies);
    std::vector<std::string> order;
    for (const violation& one : got.violations) {
        order.push_back(std::string(id_of(one.rule)) + " " + std::string(one.where.name));
    }
    EXPECT_THAT(
        order,
        ElementsAre(
            "image-tag z",
            "image-tag a",
            "image-digest z",
            "image-digest a",
            "run-as-user z",
            "run-as-user a",
            "fs-group ",
            "hostNamespaces "
        )
    );
}

TEST(Combination, IsBoundedAndStillDenies) {
    std::string containers;
    for (int i = 0; i < 900; ++i) {
        containers +=
            (i == 0 ? "" : ",") + (R"({"name":"c)" + std::to_string(i) + R"(","image":"a:bad"})");
    }
    const auto policies = policy_with("runAs: {runAsUser: {rule: MustRunAsNonRoot}}, images: "
                                      "{denyTags: [bad], requireDigest: true}");
    judged_request request("{\"containers\":[" + containers + "]}");
    const verdict got = request.verdict(*policies);
    EXPECT_EQ(got.violations.size(), 2000U);
    EXPECT_EQ(got.decision, decision::deny);
}

TEST(PodSecurity, SharesOneFindingBetweenPoliciesOfOneLevel) {
    const auto policies = policies_of(
        policy_text("a", "podSecurity: {level: baseline, version: v1.30}")
        + policy_text("b", "podSecurity: {level: baseline, version: v1.30}")
    );
    const auto lines = judged_request(R"({"hostPID":true,"containers":[{"name":"a","image":"a"}]})")
                           .lines(*policies);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_THAT(lines.front(), testing::EndsWith("[a/hostNamespaces, b/hostNamespaces]"));
}

TEST(PodSecurity, KeepsPoliciesApartThatExemptOtherChecks) {
    const auto policies = policies_of(
        policy_text("a", "podSecurity: {level: baseline, exemptChecks: [hostNamespaces]}")
        + policy_text("b", "podSecurity: {level: baseline, exemptChecks: [hostPorts]}")
        + policy_text("c", "podSecurity: {level: baseline, version: v1.30}")
    );
    const auto lines = judged_request(R"({"hostPID":true,"containers":[{"name":"a","image":"a"}]})")
                           .lines(*policies);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_THAT(lines.front(), testing::EndsWith("[b/hostNamespaces, c/hostNamespaces]"));
}

TEST(PodSecurity, LeavesOutExemptChecks) {
    const auto policies =
        policy_with("podSecurity: {level: baseline, exemptChecks: [hostNamespaces]}");
    judged_request request(R"({"hostPID":true,"containers":[{"name":"a","image":"a"}]})");
    EXPECT_THAT(request.lines(*policies), IsEmpty());
}

} // namespace
} // namespace gatehouse::policy
