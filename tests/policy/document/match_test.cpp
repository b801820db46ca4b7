#include "policy/document/parse.h"
#include "tests/support/case_name.h"
#include "tests/support/policy_text.h"

#include <fmt/format.h>
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
using testing_support::policy_text_with;

TEST(PolicyMatch, IsRead) {
    const parsed_policies read = parsed(policy_text_with(R"(  match:
    namespaces: ["prod-*", web]
    excludeNamespaces: [kube-system]
    serviceAccounts: ["prod/web", "*/ci-?"]
    excludeUsers: [ci-bootstrap, "system:serviceaccount:ci:*"]
    excludeGroups: ["ops:*"]
)"));
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    const match_rules& match = read.policies.at(0).match;
    EXPECT_THAT(match.namespaces, ElementsAre("prod-*", "web"));
    EXPECT_THAT(match.exclude_namespaces, ElementsAre("kube-system"));
    EXPECT_THAT(match.service_accounts, ElementsAre("prod/web", "*/ci-?"));
    EXPECT_THAT(match.exclude_users, ElementsAre("ci-bootstrap", "system:serviceaccount:ci:*"));
    EXPECT_THAT(match.exclude_groups, ElementsAre("ops:*"));
}

TEST(PolicyMatch, AbsentAndEmptyMatchEverything) {
    for (const char* lines : {"", "  match: {}\n"}) {
        const parsed_policies read = parsed(policy_text_with(lines));
        ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
        EXPECT_THAT(read.policies.at(0).match.namespaces, IsEmpty());
        EXPECT_THAT(read.policies.at(0).match.exclude_namespaces, IsEmpty());
    }
}

struct list_case {
    std::string name;
    std::string field;
    std::string list;
    std::vector<std::string> errors; ///< behind "spec.match.FIELD"
};

class PolicyMatchList : public testing::TestWithParam<list_case> {};

TEST_P(PolicyMatchList, IsChecked) {
    const list_case& given = GetParam();
    std::vector<std::string> expected;
    for (const std::string& error : given.errors) {
        expected.push_back(fmt::format(
            "7:{}: spec.match.{}{}",
            given.field.size() + (error.starts_with("[") ? 8 : 7),
            given.field,
            error
        ));
    }
    const std::string lines = "  match:\n    " + given.field + ": " + given.list + "\n";
    EXPECT_THAT(errors_of(policy_text_with(lines)), ElementsAreArray(expected));
}

constexpr const char* no_namespace = " can match nothing: namespaces are at most 63 lower-case "
                                     "letters and digits, with \"-\" between";
constexpr const char* no_account = " can match nothing: accounts are namespace/name, both of "
                                   "lower-case letters and digits with \"-\" between";
constexpr const char* unjudged =
    ", by which Kubernetes itself creates what users ask for: all of that would go unjudged";
constexpr const char* unjudged_group = ", and with it the accounts by which Kubernetes itself "
                                       "creates what users ask for: all of that would go unjudged";

INSTANTIATE_TEST_SUITE_P(
    Namespaces,
    PolicyMatchList,
    testing::Values(
        list_case{"Every", "namespaces", "['*']", {}},
        list_case{"Empty", "namespaces", "[]", {": must not be an empty list"}},
        list_case{
            "UpperCase",
            "namespaces",
            "[Prod]",
            {std::string("[0]: \"Prod\"") + no_namespace}},
        list_case{
            "Underscore",
            "namespaces",
            "['a_*']",
            {std::string("[0]: \"a_*\"") + no_namespace}},
        list_case{
            "DashAtTheEnd",
            "namespaces",
            "['a-']",
            {std::string("[0]: \"a-\"") + no_namespace}},
        list_case{
            "DashInFront",
            "namespaces",
            "['-a']",
            {std::string("[0]: \"-a\"") + no_namespace}},
        list_case{"Longest", "namespaces", "['" + std::string(63, 'a') + "*']", {}},
        list_case{
            "TooLong",
            "namespaces",
            "['" + std::string(64, 'a') + "*']",
            {"[0]: \"" + std::string(64, 'a') + "*\"" + no_namespace}},
        list_case{
            "Brackets",
            "namespaces",
            "['[ab]']",
            {std::string("[0]: \"[ab]\"") + no_namespace}},
        list_case{"ExcludeNone", "excludeNamespaces", "[]", {}},
        list_case{
            "ExcludeEvery",
            "excludeNamespaces",
            "['*']",
            {"[0]: \"*\" excludes every namespace; leave the policy out instead"}},
        list_case{
            "ExcludeEveryInOtherWords",
            "excludeNamespaces",
            "['*?*']",
            {"[0]: \"*?*\" excludes every namespace; leave the policy out instead"}},
        list_case{
            "ExcludeNothing",
            "excludeNamespaces",
            "[a.b]",
            {std::string("[0]: \"a.b\"") + no_namespace}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Accounts,
    PolicyMatchList,
    testing::Values(
        list_case{"Every", "serviceAccounts", "['*']", {}},
        list_case{"OfANamespace", "serviceAccounts", "['prod/*']", {}},
        list_case{"WithDots", "serviceAccounts", "['prod/a.b']", {}},
        list_case{"Empty", "serviceAccounts", "[]", {": must not be an empty list"}},
        list_case{
            "NoNamespace",
            "serviceAccounts",
            "[web]",
            {"[0]: \"web\" can match nothing: write namespace/name, \"*/web\" for any namespace"}},
        list_case{
            "NameOnly",
            "serviceAccounts",
            "[/web]",
            {std::string("[0]: \"/web\"") + no_account}},
        list_case{
            "TwoSlashes",
            "serviceAccounts",
            "['*/a/b']",
            {std::string("[0]: \"*/a/b\"") + no_account}},
        list_case{
            "Colons",
            "serviceAccounts",
            "['system:serviceaccount:a:*']",
            {std::string("[0]: \"system:serviceaccount:a:*\"") + no_account}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Users,
    PolicyMatchList,
    testing::Values(
        list_case{"None", "excludeUsers", "[]", {}},
        list_case{"Nodes", "excludeUsers", "['system:node:*']", {}},
        list_case{
            "Every",
            "excludeUsers",
            "['*']",
            {"[0]: \"*\" excludes every user; leave the policy out instead"}},
        list_case{
            "EveryInOtherWords",
            "excludeUsers",
            "['**']",
            {"[0]: \"**\" excludes every user; leave the policy out instead"}},
        list_case{
            "Controller",
            "excludeUsers",
            "['system:serviceaccount:kube-system:job-controller']",
            {std::string("[0]: \"system:serviceaccount:kube-system:job-controller\" excludes "
                         "system:serviceaccount:kube-system:job-controller")
             + unjudged}},
        list_case{
            "ControllersByGlob",
            "excludeUsers",
            "['*controller']",
            {std::string("[0]: \"*controller\" excludes "
                         "system:serviceaccount:kube-system:replicaset-controller")
             + unjudged}},
        list_case{
            "KubeSystem",
            "excludeUsers",
            "['system:serviceaccount:kube-system:*']",
            {std::string("[0]: \"system:serviceaccount:kube-system:*\" excludes "
                         "system:serviceaccount:kube-system:replicaset-controller")
             + unjudged}},
        list_case{
            "ControllerManager",
            "excludeUsers",
            "['system:kube-*']",
            {std::string("[0]: \"system:kube-*\" excludes system:kube-controller-manager")
             + unjudged}},
        list_case{
            "OtherAccountOfKubeSystem",
            "excludeUsers",
            "['system:serviceaccount:kube-system:cilium']",
            {}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Groups,
    PolicyMatchList,
    testing::Values(
        list_case{"Masters", "excludeGroups", "['system:masters']", {}},
        list_case{"Nodes", "excludeGroups", "['system:nodes']", {}},
        list_case{
            "Every",
            "excludeGroups",
            "['*']",
            {"[0]: \"*\" excludes every group; leave the policy out instead"}},
        list_case{
            "Authenticated",
            "excludeGroups",
            "['system:authenticated']",
            {std::string("[0]: \"system:authenticated\" excludes the group system:authenticated")
             + unjudged_group}},
        list_case{
            "Accounts",
            "excludeGroups",
            "['system:serviceaccounts']",
            {std::string("[0]: \"system:serviceaccounts\" excludes the group system:serviceaccounts"
             )
             + unjudged_group}},
        list_case{
            "AccountsOfKubeSystem",
            "excludeGroups",
            "['system:serviceaccounts:kube-*']",
            {std::string("[0]: \"system:serviceaccounts:kube-*\" excludes the group "
                         "system:serviceaccounts:kube-system")
             + unjudged_group}},
        list_case{"AccountsOfANamespace", "excludeGroups", "['system:serviceaccounts:ci']", {}}
    ),
    testing_support::case_name()
);

TEST(PolicyMatch, SelectorsAreNotSupportedYet) {
    EXPECT_THAT(
        errors_of(policy_text_with("  match:\n    namespaceSelector: {matchLabels: {env: prod}}\n")
        ),
        ElementsAre("7:5: spec.match.namespaceSelector: not supported yet")
    );
}

} // namespace
} // namespace gatehouse::policy
