// run-as-user, run-as-group and supplemental-groups where the image's own user is judged, in whole
// messages: what is allowed, what is denied, and what cannot be resolved.
#include "policy/decide.h"
#include "tests/support/case_name.h"
#include "tests/support/image_users.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

namespace gatehouse::policy {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

struct user_case {
    std::string name;
    std::string run_as; ///< inside runAs, beside imageUser
    std::string user;   ///< USER
    std::vector<std::string> lines = {};
    std::string pod = "{}"; ///< its securityContext
    known_accounts accounts = known_accounts_of(usual_accounts());
    std::string container = "{}"; ///< likewise
};

class ResolvedUsers : public testing::TestWithParam<user_case> {};

TEST_P(ResolvedUsers, AreJudged) {
    const user_case& row = GetParam();
    const auto policies = policy_with("runAs: {imageUser: Resolve, " + row.run_as + "}");
    judged_request request(
        R"({"securityContext":)" + row.pod
        + R"(,"containers":[{"name":"app","image":"reg.example/app:1","securityContext":)"
        + row.container + "}]}"
    );
    evidence known;
    known.images = {users_of(
        "reg.example/app:1", user_facts_of({{.user = row.user, .accounts = row.accounts}})
    )};
    EXPECT_EQ(lines_of(decide(make_plan(*request, *policies, now), known)), row.lines);
}

const std::string non_root = "runAsUser: {rule: MustRunAsNonRoot}";
const std::string must = "runAsUser: {rule: MustRunAs, ranges: [{min: 1000, max: 1999}]}";
const std::string may = "runAsUser: {rule: MayRunAs, ranges: [{min: 1000, max: 1999}]}";
const std::string with_root = "runAsUser: {rule: MustRunAs, ranges: [{min: 0, max: 1999}]}";
const std::string true_for_pod = R"({"runAsNonRoot":true})";
const known_accounts no_files = known_accounts_of({});
const known_accounts not_read = std::nullopt;
const known_accounts failed = fact<std::shared_ptr<const accounts>>(
    fetch_failure{failure_cause::server_error, "reg.example answered 502; try again", true}
);

std::string user_line(const std::string& text) {
    return "Deny spec.containers[0].securityContext.runAsUser: container \"app\" " + text
           + " [p/run-as-user]";
}
/// Of MustRunAsNonRoot, both fields absent.
std::string root_line(const std::string& image) {
    return user_line(
        "must not run as root: runAsNonRoot and runAsUser are not set and " + image
        + "; set securityContext.runAsUser to a user other than 0, or USER to its number in the "
          "Dockerfile"
    );
}
/// Of ranges, where root is outside.
std::string root_outside(const std::string& image) {
    return user_line(
        "must not run as root: runAsNonRoot and runAsUser are not set and " + image
        + "; set securityContext.runAsNonRoot: true and runAsUser in 1000-1999"
    );
}
std::string outside(const std::string& image) {
    return user_line(
        "must run as a user in 1000-1999: runAsUser is not set and " + image
        + "; set securityContext.runAsUser in 1000-1999, or USER to such a number in the Dockerfile"
    );
}

INSTANTIATE_TEST_SUITE_P(
    User,
    ResolvedUsers,
    testing::Values(
        // MustRunAsNonRoot
        user_case{"NonRootNoUser", non_root, "", {root_line("the image sets no USER")}},
        user_case{"NonRootZero", non_root, "0", {root_line("the image's USER is \"0\"")}},
        user_case{"NonRootZeros", non_root, "00", {root_line("the image's USER is \"00\"")}},
        user_case{"NonRootPlusZero", non_root, "+0", {root_line("the image's USER is \"+0\"")}},
        user_case{
            "NonRootZeroAndGroup",
            non_root,
            "0:1000",
            {root_line("the image's USER is \"0:1000\"")}},
        user_case{
            "NonRootGroupOnly",
            non_root,
            ":app",
            {root_line("the image's USER is \":app\"")}},
        user_case{"NonRootRoot", non_root, "root", {root_line("the image's USER is \"root\"")}},
        user_case{
            "NonRootNameOfZero",
            non_root,
            "zero",
            {root_line("the image's USER is \"zero\", uid 0 in its /etc/passwd")}},
        user_case{
            "NonRootUnreadableUid",
            non_root,
            "odd",
            {root_line(
                "the image's USER is \"odd\", whose uid in its /etc/passwd is no number and counts "
                "as 0"
            )}},
        user_case{"NonRootNumber", non_root, "1000"},
        user_case{"NonRootNumberNeedsNoFiles", non_root, "1000:0", {}, "{}", not_read},
        user_case{"NonRootName", non_root, "app"},
        user_case{"NonRootNameAndGroup", non_root, "app:root"},
        user_case{
            "NonRootRootWithAnotherUid",
            non_root,
            "root",
            {},
            "{}",
            known_accounts_of({.passwd = "root:x:1234:0", .group = {}})},
        user_case{
            "NonRootUnknownName",
            non_root,
            "nobody",
            {root_line(
                "the image's USER \"nobody\" could not be resolved: its /etc/passwd has no user "
                "\"nobody\""
            )}},
        user_case{
            "NonRootNoFile",
            non_root,
            "app",
            {root_line(
                "the image's USER \"app\" could not be resolved: it has no /etc/passwd to find "
                "\"app\" in"
            )},
            "{}",
            no_files},
        user_case{
            "NonRootNotRead",
            non_root,
            "app",
            {root_line("the image's USER \"app\" could not be resolved: its /etc/passwd and "
                       "/etc/group were "
                       "not read; try again")},
            "{}",
            not_read},
        user_case{
            "NonRootFailed",
            non_root,
            "app",
            {root_line("the image's USER \"app\" could not be resolved: reg.example answered 502; "
                       "try again")},
            "{}",
            failed},
        user_case{
            "NonRootNegative",
            non_root,
            "-1",
            {root_line(
                "the image's USER \"-1\" could not be resolved: its /etc/passwd has no user \"-1\""
            )}},
        user_case{
            "NonRootBeyond31Bits",
            non_root,
            "2147483648",
            {root_line("the image's USER \"2147483648\" could not be resolved: its /etc/passwd has "
                       "no user "
                       "\"2147483648\"")}},
        user_case{
            "NonRootHexadecimal",
            non_root,
            "0x0",
            {root_line("the image's USER \"0x0\" could not be resolved: its /etc/passwd has no "
                       "user \"0x0\"")}},
        user_case{
            "NonRootUidThatNothingStartsWith",
            non_root,
            "low",
            {root_line(
                "the image's USER \"low\" could not be resolved: \"low\" has the uid -5 in its "
                "/etc/passwd, with which nothing starts"
            )},
            "{}",
            known_accounts_of({.passwd = "low:x:-5:5", .group = {}})},
        user_case{
            "NonRootUidThatWrapsToZero",
            non_root,
            "big",
            {root_line("the image's USER is \"big\", uid 0 in its /etc/passwd")},
            "{}",
            known_accounts_of({.passwd = "big:x:4294967296:5", .group = {}})},
        user_case{
            "NonRootControlCharacters",
            non_root,
            "a\nb\x1b[31m",
            {root_line("the image's USER \"a\\nb\\u{1b}[31m\" could not be resolved: its "
                       "/etc/passwd has no "
                       "user \"a\\nb\\u{1b}[31m\"")}},
        user_case{
            "NonRootIsFalse",
            non_root,
            "1000",
            {"Deny spec.securityContext.runAsNonRoot: container \"app\" must not run as root: "
             "runAsNonRoot is false for the pod; set securityContext.runAsNonRoot: true "
             "[p/run-as-user]"},
            R"({"runAsNonRoot":false})"},
        user_case{
            "NonRootUserIsZero",
            non_root,
            "1000",
            {"Deny spec.securityContext.runAsUser: container \"app\" must not run as root: "
             "runAsUser "
             "is 0 for the pod; set securityContext.runAsUser to a user other than 0 "
             "[p/run-as-user]"},
            R"({"runAsUser":0})"},
        user_case{"NonRootThePodWins", non_root, "root", {}, R"({"runAsUser":5})"},
        user_case{
            "NonRootTheContainerWins",
            non_root,
            "root",
            {},
            "{}",
            not_read,
            R"({"runAsUser":5})"},
        // Ranges
        user_case{"RangesNumber", must, "1000"},
        user_case{"RangesName", must, "app:staff"},
        user_case{"RangesLowerBorder", must, "999", {outside("the image's USER is \"999\"")}},
        user_case{"RangesUpperBorder", must, "1999"},
        user_case{
            "RangesAboveUpperBorder",
            must,
            "2000",
            {outside("the image's USER is \"2000\"")}},
        user_case{
            "RangesOtherName",
            must,
            "web",
            {outside("the image's USER is \"web\", uid 2000 in its /etc/passwd")}},
        user_case{"RangesRoot", must, "root", {root_outside("the image's USER is \"root\"")}},
        user_case{"RangesNoUser", must, "", {root_outside("the image sets no USER")}},
        user_case{
            "RangesUnknownName",
            must,
            "nobody",
            {outside(
                "the image's USER \"nobody\" could not be resolved: its /etc/passwd has no user "
                "\"nobody\""
            )}},
        user_case{"RangesOfRootItself", with_root, ""},
        user_case{"MayName", may, "app"},
        user_case{
            "MayOtherName",
            may,
            "web",
            {outside("the image's USER is \"web\", uid 2000 in its /etc/passwd")}},
        user_case{"MayRoot", may, "0", {root_outside("the image's USER is \"0\"")}},
        user_case{
            "RangesThePodWins",
            must,
            "app",
            {user_line(
                "must run as a user in 1000-1999: runAsUser is 5; set securityContext.runAsUser in "
                "1000-1999"
            )},
            R"({"runAsUser":1000})",
            not_read,
            R"({"runAsUser":5})"},
        user_case{
            "RangesBeyond31Bits", // runs, but no range reaches there
            must,
            "big",
            {outside("the image's USER is \"big\", uid 2147483648 in its /etc/passwd")},
            "{}",
            known_accounts_of({.passwd = "big:x:2147483648:5", .group = {}})}
    ),
    case_name()
);

TEST(ResolvedUsers, RootWithNonRootIsToldByBothRules) {
    const auto policies = policy_with("runAs: {imageUser: Resolve, " + must + "}");
    judged_request request(
        R"({"securityContext":{"runAsNonRoot":true},
            "containers":[{"name":"app","image":"reg.example/app:1"}]})"
    );
    evidence known;
    known.images = {users_of("reg.example/app:1", user_facts_of({{.user = "0"}}))};
    EXPECT_THAT(
        lines_of(decide(make_plan(*request, *policies, now), known)),
        testing::ElementsAre(
            user_line(
                "must not run as root: runAsUser is not set and the image's USER is \"0\"; set "
                "securityContext.runAsUser in 1000-1999"
            ),
            "Deny spec.containers[0].securityContext.runAsUser: container \"app\" would not be "
            "started "
            "by the kubelet: container has runAsNonRoot and image will run as root; set "
            "securityContext.runAsUser in 1000-1999, or USER to such a number in the Dockerfile "
            "[p/image-user]"
        )
    );
}

const std::string group_must = "runAsGroup: {rule: MustRunAs, ranges: [{min: 1000, max: 1999}]}";
const std::string group_may = "runAsGroup: {rule: MayRunAs, ranges: [{min: 1000, max: 1999}]}";

std::string group_line(const std::string& image) {
    return "Deny spec.containers[0].securityContext.runAsGroup: container \"app\" must run with a "
           "group in 1000-1999: runAsGroup is not set and "
           + image
           + "; set the container's securityContext.runAsGroup in 1000-1999 [p/run-as-group]";
}

INSTANTIATE_TEST_SUITE_P(
    Group,
    ResolvedUsers,
    testing::Values(
        user_case{"OfTheName", group_must, "app"},
        user_case{"OfTheNumber", group_may, "1000"},
        user_case{
            "Outside",
            group_may,
            "web",
            {group_line("the image's user web has group 3000 in its /etc/passwd")}},
        user_case{
            "OfRoot",
            group_must,
            "",
            {group_line("the image's user root has group 0 in its /etc/passwd")}},
        user_case{
            "OfUserIsNotUsed",
            group_may,
            "web:1000",
            {group_line("the image's user web has group 3000 in its /etc/passwd (the group in USER "
                        "\"web:1000\" is not used)")}},
        user_case{
            "WithoutEntry",
            group_may,
            "4000:1000",
            {group_line("the image's user 4000 has no entry in its /etc/passwd, which makes it 0 "
                        "(the group "
                        "in USER \"4000:1000\" is not used)")}},
        user_case{
            "WithoutFile",
            group_must,
            "4000",
            {group_line("the image's user 4000 has no entry in its /etc/passwd, which makes it 0")},
            "{}",
            no_files},
        user_case{
            "ThatIsNoNumber",
            group_must,
            "odd",
            {group_line("the image's user odd has a group that is no number and counts as 0 in its "
                        "/etc/passwd")}},
        user_case{
            "OfAnUnknownName",
            group_must,
            "nobody",
            {group_line(
                "the group of the image's user could not be resolved: its /etc/passwd has no user "
                "\"nobody\""
            )}},
        user_case{
            "NotRead",
            group_may,
            "1000",
            {group_line("the group of the image's user could not be resolved: its /etc/passwd and "
                        "/etc/group "
                        "were not read; try again")},
            "{}",
            not_read},
        user_case{"ThePodSaysIt", group_must, "web", {}, R"({"runAsGroup":1000})", not_read},
        user_case{
            "ThePodSaysTheUserOnly", // then the image is not asked
            group_must,
            "app",
            {"Deny spec.containers[0].securityContext.runAsGroup: container \"app\" must run with "
             "a "
             "group in 1000-1999: runAsGroup is not set; set securityContext.runAsGroup in "
             "1000-1999 "
             "[p/run-as-group]"},
            R"({"runAsUser":1000})"},
        user_case{
            "ThePodSaysAnotherGroup",
            group_may,
            "app",
            {"Deny spec.securityContext.runAsGroup: container \"app\" must run with a group in "
             "1000-1999: runAsGroup is 7 for the pod; set securityContext.runAsGroup in 1000-1999 "
             "[p/run-as-group]"},
            R"({"runAsGroup":7})"}
    ),
    case_name()
);

const std::string groups = "supplementalGroups: {rule: MayRunAs, ranges: [{min: 60, max: 69}]}";

std::string groups_line(const std::string& image) {
    return "Deny spec.securityContext.supplementalGroupsPolicy: container \"app\" must have "
           "supplementalGroups in 60-69 only: "
           + image
           + "; set the pod's securityContext.supplementalGroupsPolicy: Strict "
             "[p/supplemental-groups]";
}

known_accounts groups_file(const std::string& text) {
    return known_accounts_of({.passwd = "app:x:1000:7\nroot:x:0:0\n", .group = text});
}

INSTANTIATE_TEST_SUITE_P(
    Groups,
    ResolvedUsers,
    testing::Values(
        user_case{"InTheRange", groups, "web"},
        user_case{
            "Outside",
            groups,
            "app",
            {groups_line("the image's /etc/group adds its user app to 50 (staff)")}},
        user_case{
            "OfANumber",
            groups,
            "1000:60",
            {groups_line("the image's /etc/group adds its user 1000 to 50 (staff)")}},
        user_case{"OfANumberWithoutEntry", groups, "4000"},
        user_case{"OfNobody", groups, "4000", {}, "{}", no_files},
        user_case{
            "OfRoot",
            groups,
            "",
            {groups_line("the image's /etc/group adds its user root to 0 (wheel) and 10 (x)")},
            "{}",
            known_accounts_of({.passwd = "root:x:0:5\n", .group = "x:x:10:root\nwheel:x:0:root\n"}
            )},
        user_case{
            "Many",
            groups,
            "app",
            {groups_line(
                "the image's /etc/group adds its user app to 1 (a), 2 (b), 3 (\"c d\") and 1 more"
            )},
            "{}",
            groups_file("a:x:1:app\nb:x:2:app\nc d:x:3:app\nd:x:4:app\ne:x:65:app\n")},
        user_case{
            "ThePrimaryGroupIsNoneOfThem",
            groups,
            "app",
            {},
            "{}",
            groups_file("own:x:7:app\n")},
        user_case{
            "WhatThePodSetsIsNotAdded",
            groups,
            "app",
            {"Deny spec.securityContext.supplementalGroups: pod must have supplementalGroups in "
             "60-69 "
             "only: 50 is outside; set the pod's securityContext.supplementalGroups in 60-69 "
             "[p/supplemental-groups]"},
            R"({"supplementalGroups":[50]})"},
        user_case{"FsGroupIsNotAdded", groups, "app", {}, R"({"fsGroup":50})"},
        user_case{
            "Strict",
            groups,
            "app",
            {},
            R"({"supplementalGroupsPolicy":"Strict"})",
            not_read},
        user_case{
            "Merge",
            groups,
            "app",
            {groups_line("the image's /etc/group adds its user app to 50 (staff)")},
            R"({"supplementalGroupsPolicy":"Merge"})"},
        user_case{
            "AGroupNamedAsANumber",
            groups,
            "app",
            {groups_line("the image's /etc/group adds its user app to 0")},
            R"({"supplementalGroups":[61]})",
            groups_file("61:x:0:\n")},
        user_case{
            "OfAnUnknownName",
            groups,
            "nobody",
            {groups_line(
                "those that the image's /etc/group adds could not be resolved: its /etc/passwd has "
                "no user \"nobody\""
            )}},
        user_case{
            "Failed",
            groups,
            "app",
            {groups_line("those that the image's /etc/group adds could not be resolved: "
                         "reg.example answered "
                         "502; try again")},
            "{}",
            failed},
        user_case{"ThePodSaysTheUser", groups, "app", {}, R"({"runAsUser":1000})", not_read}
    ),
    case_name()
);

} // namespace
} // namespace gatehouse::policy
