// Which requests a policy is about.
#include "policy/decide.h"
#include "tests/support/case_name.h"
#include "tests/support/denied_tag.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <string_view>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::bad_tag;
using testing_support::deny_bad;
using testing_support::judged_request;
using testing_support::policies_of;
using testing_support::policy_text;
using testing_support::policy_with;

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

} // namespace
} // namespace gatehouse::policy
