// image-user, in whole messages.
#include "policy/decide.h"
#include "tests/support/case_name.h"
#include "tests/support/image_users.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

namespace gatehouse::policy {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
const known_accounts not_read = std::nullopt;
const std::string non_root = R"("securityContext":{"runAsNonRoot":true})";

struct image_user_case {
    std::string name;
    std::string user;
    std::vector<std::string> lines = {};
    std::string pod = non_root;
    known_accounts accounts = std::nullopt;
    std::string run_as = {}; ///< inside runAs, with a comma in front
    std::string os = "linux";
};

class ImageUserRule : public testing::TestWithParam<image_user_case> {};

TEST_P(ImageUserRule, SaysWhatTheKubeletWillSay) {
    const image_user_case& row = GetParam();
    const auto policies = policy_with("runAs: {imageUser: Resolve" + row.run_as + "}");
    judged_request request(
        "{" + row.pod + R"(,"containers":[{"name":"app","image":"reg.example/app:1"}]})"
    );
    evidence known;
    known.images = {users_of(
        "reg.example/app:1",
        user_facts_of({{.user = row.user, .accounts = row.accounts, .os = row.os}})
    )};
    EXPECT_EQ(lines_of(decide(make_plan(*request, *policies, now), known)), row.lines);
}

std::string line(const std::string& says, const std::string& set) {
    return "Deny spec.containers[0].securityContext.runAsUser: container \"app\" would not be "
           "started "
           "by the kubelet: container has runAsNonRoot and image "
           + says + "; set " + set + " [p/image-user]";
}

const std::string as_root = "will run as root";
const std::string any_user =
    "securityContext.runAsUser to a user other than 0, or USER to its number in the Dockerfile";
const std::string in_range =
    "securityContext.runAsUser in 1000-1999, or USER to such a number in the "
    "Dockerfile";
const std::string ranges = ", runAsUser: {rule: MustRunAs, ranges: [{min: 1000, max: 1999}]}";

std::string named(const std::string& name) {
    return "has non-numeric user (" + name + "), cannot verify user is non-root";
}
std::string invalid(const std::string& id) {
    return "has an invalid user id (" + id
           + "). (Must be 1-(2147483647)): must be between 0 and 2147483647, inclusive";
}
std::string uid_of(const std::string& name) {
    return "securityContext.runAsUser to the uid of \"" + name
           + "\", or USER to that number in the Dockerfile";
}

const std::string windows = R"("os":{"name":"windows"},"securityContext":{"runAsNonRoot":true})";
const std::string windows_line =
    "Deny spec.containers[0].securityContext.windowsOptions.runAsUserName: container \"app\" would "
    "not "
    "be started by the kubelet: container's runAsUser (CONTAINERadministrator) which will be "
    "regarded "
    "as root identity and will break non-root policy; set "
    "securityContext.windowsOptions.runAsUserName: ContainerUser [p/image-user]";

INSTANTIATE_TEST_SUITE_P(
    Users,
    ImageUserRule,
    testing::Values(
        image_user_case{"None", "", {line(as_root, any_user)}},
        image_user_case{"Zero", "0", {line(as_root, any_user)}},
        image_user_case{"ZeroAndGroup", "0:1000", {line(as_root, any_user)}},
        image_user_case{"GroupOnly", ":app", {line(as_root, any_user)}},
        image_user_case{"Number", "1000"},
        image_user_case{"NumberAndUnknownGroup", "1000:nowhere"},
        image_user_case{"LeadingZeros", "0001000"},
        image_user_case{"Largest", "2147483647"},
        image_user_case{"BeyondLargest", "2147483648", {line(invalid("2147483648"), any_user)}},
        image_user_case{"Negative", "-1", {line(invalid("-1"), any_user)}},
        image_user_case{
            "Beyond64Bits",
            "9223372036854775808",
            {line(named("9223372036854775808"), uid_of("9223372036854775808"))}},
        image_user_case{"Root", "root", {line(named("root"), any_user)}},
        image_user_case{"Name", "app:app", {line(named("app"), uid_of("app"))}},
        image_user_case{"Hexadecimal", "0x0", {line(named("0x0"), uid_of("0x0"))}},
        image_user_case{
            "ControlCharacters",
            "a\x1b[0m",
            {line(named("a\\u{1b}[0m"), uid_of("a\\u{1b}[0m"))}},
        image_user_case{
            "KnownName",
            "app",
            {line(
                named("app"),
                "securityContext.runAsUser: 1000 (that is \"app\" in the image's /etc/passwd), or "
                "USER "
                "1000 in the Dockerfile"
            )},
            non_root,
            known_accounts_of(usual_accounts())},
        image_user_case{
            "KnownNameOfRoot",
            "zero",
            {line(named("zero"), any_user)},
            non_root,
            known_accounts_of(usual_accounts())},
        image_user_case{
            "KnownNameWithoutEntry",
            "nobody",
            {line(named("nobody"), uid_of("nobody"))},
            non_root,
            known_accounts_of(usual_accounts())},
        image_user_case{"NotAsked", "root", {}, R"("securityContext":{"runAsNonRoot":false})"},
        image_user_case{
            "UserIsSet",
            "root",
            {},
            R"("securityContext":{"runAsNonRoot":true,"runAsUser":5})"},
        image_user_case{
            "UserNamespacesMakeNoDifference",
            "root",
            {line(named("root"), any_user)},
            R"("hostUsers":false,)" + non_root,
            not_read,
            ", userNamespaces: Relax"},
        image_user_case{"WindowsUser", "ContainerUser", {}, windows, not_read, "", "windows"},
        image_user_case{"WindowsNone", "", {}, windows, not_read, "", "windows"},
        image_user_case{
            "WindowsAdministrator",
            "CONTAINERadministrator",
            {windows_line},
            windows,
            not_read,
            "",
            "windows"},
        image_user_case{
            "WindowsAdministratorWithUserName",
            "ContainerAdministrator",
            {},
            R"("os":{"name":"windows"},"securityContext":{"runAsNonRoot":true,
               "windowsOptions":{"runAsUserName":"ContainerUser"}})",
            not_read,
            "",
            "windows"},
        image_user_case{
            "WindowsImageForLinux",
            "root",
            {"Deny spec.containers[0].securityContext.windowsOptions.runAsUserName: container "
             "\"app\" "
             "must not run as an administrator: runAsNonRoot is true, windowsOptions.runAsUserName "
             "is "
             "not set and the image's user could not be resolved: the image is not made for "
             "windows, "
             "but for linux/amd64; set securityContext.windowsOptions.runAsUserName: ContainerUser "
             "[p/image-user]"},
            windows},
        image_user_case{
            "LinuxImageForWindows",
            "",
            {"Deny spec.containers[0].securityContext.runAsUser: container \"app\" must not run as "
             "root: runAsNonRoot is true, runAsUser is not set and the image's user could not be "
             "resolved: the image is not made for linux, but for windows/amd64; set "
             "securityContext.runAsUser to a user other than 0, or USER to its number in the "
             "Dockerfile [p/image-user]"},
            non_root,
            not_read,
            "",
            "windows"}
    ),
    case_name()
);

TEST(ImageUserRule, ProposesUsersOfThePolicysRanges) {
    const auto lines = [](const std::string& user) {
        const auto policies = policy_with("runAs: {imageUser: Resolve" + ranges + "}");
        judged_request request(
            "{" + non_root + R"(,"containers":[{"name":"app","image":"reg.example/app:1"}]})"
        );
        evidence known;
        known.images = {users_of("reg.example/app:1", user_facts_of({{.user = user}}))};
        return lines_of(decide(make_plan(*request, *policies, now), known));
    };
    EXPECT_THAT(
        lines("app"),
        testing::ElementsAre(line(
            named("app"),
            "securityContext.runAsUser: 1000 (that is \"app\" in the image's /etc/passwd), or USER "
            "1000 "
            "in the Dockerfile"
        ))
    );
    EXPECT_THAT(lines("web"), testing::Contains(line(named("web"), in_range)));
    EXPECT_THAT(lines("nobody"), testing::Contains(line(named("nobody"), in_range)));
    EXPECT_THAT(lines("0"), testing::Contains(line(as_root, in_range)));
}

} // namespace
} // namespace gatehouse::policy
