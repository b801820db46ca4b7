#include "policy/decide.h"

#include "tests/support/case_name.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

#include <array>
#include <functional>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::judged_request;
using testing_support::lines_of;
using testing_support::policies_of;
using testing_support::policy_with;

const std::string bad_tag = R"({"containers":[{"name":"app","image":"a:bad"}]})";
const std::string bad_tag_text =
    "spec.containers[0].image: container \"app\" image docker.io/library/a:bad has the denied tag "
    "bad; name a fixed version or a digest ";

std::string policy_text(const std::string& name, const std::string& spec) {
    return "---\napiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {name: "
           + name + "}\nspec: {" + spec + "}\n";
}

const std::string deny_bad = "images: {denyTags: [bad]}";

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

// --- combination

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

// --- matching

TEST(Matching, NoPolicyMeansUnmatched) {
    const auto policies = policy_with("match: {namespaces: [dev]}, " + deny_bad);
    const verdict got = judged_request(bad_tag).verdict(*policies);
    EXPECT_EQ(got.decision, decision::unmatched);
    EXPECT_THAT(got.policies, IsEmpty());
    EXPECT_TRUE(got.allowed());
}

struct match_case {
    std::string name;
    std::string match;
    bool matches;
};

class Match : public testing::TestWithParam<match_case> {};

TEST_P(Match, DecidesByTheRequest) {
    const auto policies = policy_with("match: {" + GetParam().match + "}, " + deny_bad);
    judged_request request(
        R"({"serviceAccountName":"web","containers":[{"name":"app","image":"a:bad"}]})"
    );
    const std::array<std::string_view, 2> groups = {"team", "system:authenticated"};
    request->about.groups = {groups.data(), groups.size()};
    EXPECT_EQ(request.verdict(*policies).decision == decision::deny, GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Decide,
    Match,
    testing::Values(
        match_case{"Nothing", "", true},
        match_case{"Namespace", "namespaces: [prod]", true},
        match_case{"OtherNamespace", "namespaces: [dev]", false},
        match_case{"OneOfSeveral", "namespaces: [dev, prod]", true},
        match_case{"Prefix", R"(namespaces: ["pr*"])", true},
        match_case{"LongerPrefix", R"(namespaces: ["prod-*"])", false},
        match_case{"Suffix", R"(namespaces: ["*od"])", true},
        match_case{"OneCharacter", R"(namespaces: ["pro?"])", true},
        match_case{"ExcludedNamespace", "excludeNamespaces: [prod]", false},
        match_case{"ExclusionWins", R"(namespaces: ["*"], excludeNamespaces: ["p*d"])", false},
        match_case{"Account", "serviceAccounts: [prod/web]", true},
        match_case{"AccountOfAnotherNamespace", "serviceAccounts: [dev/web]", false},
        match_case{"AccountGlob", R"(serviceAccounts: ["prod/w*"])", true},
        match_case{"AnyAccountOfThatName", R"(serviceAccounts: ["*/web"])", true},
        match_case{
            "NamespaceAndAccount",
            "namespaces: [prod], serviceAccounts: [prod/other]",
            false},
        match_case{"ExcludedUser", "excludeUsers: [alice]", false},
        match_case{"ExcludedUserGlob", R"(excludeUsers: ["al*"])", false},
        match_case{"OtherUser", "excludeUsers: [bob]", true},
        match_case{"ExcludedGroup", "excludeGroups: [team]", false},
        match_case{"OtherGroup", "excludeGroups: [teams]", true}
    ),
    testing_support::case_name()
);

TEST(Matching, AnAccountShorterThanAGlobsBeginningIsNoMatch) {
    const auto policies =
        policy_with(R"(match: {serviceAccounts: ["prod/web-frontend-*", "prod/x"]}, )" + deny_bad);
    EXPECT_EQ(judged_request(bad_tag).verdict(*policies).decision, decision::unmatched);
}

TEST(Matching, AnEmptyAccountIsDefault) {
    const auto policies = policy_with("match: {serviceAccounts: [prod/default]}, " + deny_bad);
    EXPECT_EQ(judged_request(bad_tag).verdict(*policies).decision, decision::deny);
}

TEST(Matching, KeepsPolicyOrderWhateverIndexFoundThem) {
    const auto policies = policies_of(
        policy_text("z", "match: {namespaces: [\"pr*\", prod]}, " + deny_bad)
        + policy_text("y", deny_bad) + policy_text("x", "match: {namespaces: [prod]}, " + deny_bad)
        + policy_text("w", "match: {namespaces: [dev]}, " + deny_bad)
    );
    EXPECT_THAT(judged_request(bad_tag).verdict(*policies).policies, ElementsAre("z", "y", "x"));
}

// --- updates (interface 2.5)

TEST(Updates, ThatChangeNothingJudgedAreLetThrough) {
    const auto policies = policy_with(deny_bad);
    judged_request request(bad_tag);
    request.set_old(bad_tag);
    const verdict got = request.verdict(*policies);
    EXPECT_TRUE(got.let_through);
    EXPECT_EQ(got.decision, decision::allow);
    EXPECT_THAT(got.policies, ElementsAre("p"));
}

TEST(Updates, JudgeOnlyChangedContainers) {
    const auto policies = policy_with(deny_bad);
    judged_request request(
        R"({"containers":[{"name":"app","image":"a:bad"},{"name":"b","image":"b:2"}]})"
    );
    request.set_old(R"({"containers":[{"name":"app","image":"a:bad"},{"name":"b","image":"b:1"}]})"
    );
    EXPECT_THAT(request.lines(*policies), IsEmpty());
}

TEST(Updates, AChangedPodContextChangesTheContainersThatInheritIt) {
    const auto policies = policy_with("runAs: {runAsUser: {rule: MustRunAsNonRoot}}");
    const std::string containers =
        R"("containers":[{"name":"a","image":"a"},{"name":"b","image":"a","securityContext":{"runAsUser":0}}]})";
    judged_request request(R"({"securityContext":{"runAsUser":0},)" + containers);
    request.set_old(R"({"securityContext":{"runAsUser":7},)" + containers);
    const verdict got = request.verdict(*policies);
    ASSERT_EQ(got.violations.size(), 1U);
    EXPECT_EQ(got.violations.front().where.name, "a");
}

TEST(Updates, PodSecurityJudgesTheWholePodOfAChangedOne) {
    const auto policies = policy_with("podSecurity: {level: baseline}");
    judged_request request(R"({"hostPID":true,"containers":[{"name":"a","image":"a:2"}]})");
    request.set_old(R"({"hostPID":true,"containers":[{"name":"a","image":"a:1"}]})");
    const verdict got = request.verdict(*policies);
    ASSERT_EQ(got.violations.size(), 1U);
    EXPECT_EQ(got.violations.front().rule, rule_id::host_namespaces);
}

TEST(Updates, WithoutAnOldObjectJudgeEverything) {
    const auto policies = policy_with(deny_bad);
    judged_request request(bad_tag);
    request->about.operation = operation::update;
    EXPECT_EQ(request.verdict(*policies).decision, decision::deny);
}

// --- templates

struct template_case {
    std::string name;
    std::string spec;
    std::string kind;
    bool has_controller;
    template_judgement templates;
    std::vector<std::string> lines;
};

class Templates : public testing::TestWithParam<template_case> {};

TEST_P(Templates, FollowWorkloads) {
    const template_case& row = GetParam();
    const auto policies = policy_with(row.spec + deny_bad);
    judged_request request(bad_tag);
    request->scope = scope::workload;
    request->object_kind = row.kind;
    request->path = "spec.template.";
    request->has_controller = row.has_controller;
    EXPECT_EQ(lines_of(decide(make_plan(*request, *policies, {}, row.templates))), row.lines);
}

const std::string in_template = " spec.template." + of_p;
constexpr auto admission = template_judgement::as_admission;

INSTANTIATE_TEST_SUITE_P(
    Decide,
    Templates,
    testing::Values(
        template_case{
            "WarnIsTheDefault",
            "",
            "Deployment",
            false,
            admission,
            {"Warn" + in_template}},
        template_case{
            "Deny",
            "workloads: Deny, ",
            "Deployment",
            false,
            admission,
            {"Deny" + in_template}},
        template_case{"Ignore", "workloads: Ignore, ", "Deployment", false, admission, {}},
        template_case{
            "WarnLeavesAudit",
            "validationActions: [Audit], ",
            "Deployment",
            false,
            admission,
            {"Audit" + in_template}},
        template_case{
            "OwnedReplicaSet",
            "workloads: Deny, ",
            "ReplicaSet",
            true,
            admission,
            {"Warn" + in_template}},
        template_case{
            "OwnedJob",
            "workloads: Deny, ",
            "Job",
            true,
            admission,
            {"Warn" + in_template}},
        template_case{
            "OwnedStatefulSet",
            "workloads: Deny, ",
            "StatefulSet",
            true,
            admission,
            {"Deny" + in_template}},
        template_case{
            "AsPods",
            "",
            "Deployment",
            false,
            template_judgement::as_pods,
            {"Deny" + in_template}},
        template_case{
            "AsPodsEvenIfIgnored",
            "workloads: Ignore, ",
            "Deployment",
            false,
            template_judgement::as_pods,
            {"Deny" + in_template}}
    ),
    testing_support::case_name()
);

// --- mirror pods

TEST(MirrorPods, OfTheirNodeAreLetThrough) {
    const auto policies = policy_with(deny_bad);
    const std::string mirror =
        R"({"metadata":{"annotations":{"kubernetes.io/config.mirror":"x"}},"spec":{"nodeName":"n1",)"
        R"("containers":[{"name":"app","image":"a:bad"}]}})";
    judged_request request(mirror);
    const std::array<std::string_view, 1> nodes = {"system:nodes"};
    request->about.groups = {nodes.data(), nodes.size()};
    request->about.user = "system:node:n1";
    EXPECT_EQ(request.verdict(*policies).decision, decision::allow);
    request->about.user = "system:node:n2";
    EXPECT_EQ(request.verdict(*policies).decision, decision::deny);
    request->about.user = "system:node:n1";
    request->about.groups = {};
    EXPECT_EQ(request.verdict(*policies).decision, decision::deny);
}

TEST(MirrorPods, AreTheOnlyOnesThatANodeMayMakeUnjudged) {
    const auto policies = policy_with(deny_bad);
    const std::string head = R"({"metadata":{"annotations":{)";
    const std::string mirror = R"("kubernetes.io/config.mirror":"x")";
    const std::string spec = R"("containers":[{"name":"app","image":"a:bad"}]}})";
    const std::array<std::string_view, 2> groups = {"system:authenticated", "system:nodes"};
    const auto decided = [&](const std::string& pod, const std::function<void(request&)>& change) {
        judged_request asked(pod);
        asked->about.groups = {groups.data(), groups.size()};
        asked->about.user = "system:node:n1";
        change(*asked);
        return asked.verdict(*policies).decision;
    };
    const auto as_it_is = [](request&) {};
    const std::string good = head + mirror + R"(}},"spec":{"nodeName":"n1",)" + spec;
    EXPECT_EQ(decided(good, as_it_is), decision::allow);
    EXPECT_EQ(decided(head + R"(}},"spec":{"nodeName":"n1",)" + spec, as_it_is), decision::deny);
    EXPECT_EQ(decided(head + mirror + R"(}},"spec":{)" + spec, as_it_is), decision::deny);
    EXPECT_EQ(
        decided(good, [](request& r) { r.about.operation = operation::update; }), decision::deny
    );
    EXPECT_EQ(
        decided(good, [](request& r) { r.about.sub_resource = "ephemeralcontainers"; }),
        decision::deny
    );
    EXPECT_EQ(decided(good, [](request& r) { r.scope = scope::workload; }), decision::allow)
        << "with a warning";
    EXPECT_EQ(decided(good, [](request& r) { r.about.user = "n1"; }), decision::deny);
}

// --- the standards through a policy

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
