#include "tests/support/case_name.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

namespace gatehouse::policy {
namespace {

using testing_support::judged_request;
using testing_support::policy_with;

struct run_as_case {
    std::string name;
    std::string rule; ///< of runAs.runAsUser
    std::string pod;  ///< securityContext of the pod
    std::string container;
    std::vector<std::string> lines;
};

class RunAsUser : public testing::TestWithParam<run_as_case> {};

TEST_P(RunAsUser, JudgesTheEffectiveUser) {
    const run_as_case& row = GetParam();
    const auto policies = policy_with("runAs: {runAsUser: {rule: " + row.rule + "}}");
    judged_request request(
        R"({"securityContext":)" + row.pod
        + R"(,"containers":[{"name":"app","image":"a","securityContext":)" + row.container + "}]}"
    );
    EXPECT_EQ(request.lines(*policies), row.lines);
}

const std::string own = "spec.containers[0].securityContext.";
const std::string nothing_set = "Deny " + own
                                + "runAsNonRoot: container \"app\" must not run as root: "
                                  "runAsNonRoot and runAsUser are not set; set "
                                  "securityContext.runAsNonRoot: true [p/run-as-user]";
const std::string pod_is_root = "Deny spec.securityContext.runAsUser: container \"app\" must not "
                                "run as root: runAsUser is 0 for the pod; set "
                                "securityContext.runAsUser to a user other than 0 [p/run-as-user]";
const std::string is_root =
    "Deny " + own
    + "runAsUser: container \"app\" must not run as root: runAsUser is 0; "
      "set securityContext.runAsUser to a user other than 0 [p/run-as-user]";
const std::string may_be_root = "Deny " + own
                                + "runAsNonRoot: container \"app\" must not run as root: "
                                  "runAsNonRoot is false; set securityContext.runAsNonRoot: true "
                                  "[p/run-as-user]";
const std::string must_have_user =
    "Deny " + own
    + "runAsUser: container \"app\" must run as a user in 10-20 or 30: runAsUser is not set; set "
      "securityContext.runAsUser in 10-20 or 30 [p/run-as-user]";

std::string outside(const std::string& value) {
    return "Deny " + own
           + "runAsUser: container \"app\" must run as a user in 10-20 or 30: runAsUser is " + value
           + "; set securityContext.runAsUser in 10-20 or 30 [p/run-as-user]";
}

const std::string must = "MustRunAs, ranges: [{min: 10, max: 20}, {min: 30, max: 30}]";
const std::string may = "MayRunAs, ranges: [{min: 10, max: 20}, {min: 30, max: 30}]";

INSTANTIATE_TEST_SUITE_P(
    NonRoot,
    RunAsUser,
    testing::Values(
        run_as_case{"NothingSet", "MustRunAsNonRoot", "{}", "{}", {nothing_set}},
        run_as_case{"UserSet", "MustRunAsNonRoot", "{}", R"({"runAsUser":1000})", {}},
        run_as_case{"NonRootSet", "MustRunAsNonRoot", "{}", R"({"runAsNonRoot":true})", {}},
        run_as_case{"PodSetsNonRoot", "MustRunAsNonRoot", R"({"runAsNonRoot":true})", "{}", {}},
        run_as_case{"PodIsRoot", "MustRunAsNonRoot", R"({"runAsUser":0})", "{}", {pod_is_root}},
        run_as_case{
            "ContainerOverridesRootPod",
            "MustRunAsNonRoot",
            R"({"runAsUser":0})",
            R"({"runAsUser":7})",
            {}},
        run_as_case{
            "ContainerIsRoot",
            "MustRunAsNonRoot",
            R"({"runAsUser":7})",
            R"({"runAsUser":0})",
            {is_root}},
        run_as_case{
            "RootBeatsNonRoot",
            "MustRunAsNonRoot",
            "{}",
            R"({"runAsUser":0,"runAsNonRoot":true})",
            {is_root}},
        run_as_case{"MinusZeroIsRoot", "MustRunAsNonRoot", "{}", R"({"runAsUser":-0})", {is_root}},
        run_as_case{
            "FalseWithUser",
            "MustRunAsNonRoot",
            "{}",
            R"({"runAsUser":7,"runAsNonRoot":false})",
            {may_be_root}},
        run_as_case{
            "ContainerOverridesPodFalse",
            "MustRunAsNonRoot",
            R"({"runAsNonRoot":false})",
            R"({"runAsNonRoot":true})",
            {}},
        run_as_case{
            "NullIsAbsent",
            "MustRunAsNonRoot",
            "null",
            R"({"runAsUser":null,"runAsNonRoot":null})",
            {nothing_set}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Ranges,
    RunAsUser,
    testing::Values(
        run_as_case{"MustBeSet", must, "{}", R"({"runAsNonRoot":true})", {must_have_user}},
        run_as_case{"LowerBorder", must, "{}", R"({"runAsUser":10})", {}},
        run_as_case{"UpperBorder", must, "{}", R"({"runAsUser":20})", {}},
        run_as_case{"BelowTheBorder", must, "{}", R"({"runAsUser":9})", {outside("9")}},
        run_as_case{"AboveTheBorder", must, "{}", R"({"runAsUser":21})", {outside("21")}},
        run_as_case{"SecondRange", must, "{}", R"({"runAsUser":30})", {}},
        run_as_case{"FromThePod", must, R"({"runAsUser":15})", "{}", {}},
        run_as_case{"MayBeAbsent", may, "{}", "{}", {}},
        run_as_case{"MayMustFit", may, "{}", R"({"runAsUser":0})", {outside("0")}},
        run_as_case{
            "AnyIsAny",
            "RunAsAny}, runAsGroup: {rule: MayRunAs, ranges: [{min: 1, max: 2}]",
            "{}",
            R"({"runAsUser":0})",
            {}}
    ),
    testing_support::case_name()
);

TEST(RunAsUserPod, NamesEveryContainerOfEveryList) {
    const auto policies = policy_with("runAs: {runAsUser: {rule: MustRunAsNonRoot}}");
    judged_request request(
        R"({"containers":[{"name":"b","image":"a"},{"name":"a","image":"a","securityContext":{"runAsUser":1}}],)"
        R"("initContainers":[{"name":"i","image":"a"}],"ephemeralContainers":[{"name":"e","image":"a"}]})"
    );
    const std::string text = "must not run as root: runAsNonRoot and runAsUser are not set; set "
                             "securityContext.runAsNonRoot: true [p/run-as-user]";
    EXPECT_THAT(
        request.lines(*policies),
        testing::ElementsAre(
            "Deny spec.initContainers[0].securityContext.runAsNonRoot: init container \"i\" "
                + text,
            "Deny spec.containers[0].securityContext.runAsNonRoot: container \"b\" " + text,
            "Deny spec.ephemeralContainers[0].securityContext.runAsNonRoot: ephemeral container "
            "\"e\" "
                + text
        )
    );
}

const std::string root_in_user_namespace =
    R"({"hostUsers":false,"containers":[{"name":"app","image":"a","securityContext":{"runAsUser":0}}]})";

TEST(UserNamespaces, AreJudgedByDefault) {
    const auto policies = policy_with("runAs: {runAsUser: {rule: MustRunAsNonRoot}}");
    EXPECT_THAT(judged_request(root_in_user_namespace).lines(*policies), testing::SizeIs(1));
}

TEST(UserNamespaces, RelaxLiftsTheUserRuleOnly) {
    const auto policies = policy_with("runAs: {runAsUser: {rule: MustRunAsNonRoot}, runAsGroup: "
                                      "{rule: MustRunAs, ranges: [{min: 1, "
                                      "max: 2}]}, userNamespaces: Relax}");
    EXPECT_THAT(
        judged_request(root_in_user_namespace).lines(*policies),
        testing::ElementsAre(testing::HasSubstr("[p/run-as-group]"))
    );
}

struct windows_case {
    std::string name;
    std::string rule;
    std::string user;
    bool denied;
};

class RunAsUserOnWindows : public testing::TestWithParam<windows_case> {};

TEST_P(RunAsUserOnWindows, LooksAtTheUserName) {
    const windows_case& row = GetParam();
    const auto policies = policy_with("runAs: {runAsUser: {rule: " + row.rule + "}}");
    judged_request request(
        R"({"os":{"name":"windows"},"containers":[{"name":"app","image":"a","securityContext":{"windowsOptions":{)"
        + row.user + "}}}]}"
    );
    std::vector<std::string> lines;
    if (row.denied) {
        lines.emplace_back("Deny spec.containers[0].securityContext.windowsOptions.runAsUserName: "
                           "container \"app\" "
                           "must not run as an administrator: windowsOptions.runAsUserName is "
                           "ContainerAdministrator; set "
                           "securityContext.windowsOptions.runAsUserName: ContainerUser "
                           "[p/run-as-user]");
    }
    EXPECT_EQ(request.lines(*policies), lines);
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    RunAsUserOnWindows,
    testing::Values(
        windows_case{
            "NonRoot",
            "MustRunAsNonRoot",
            R"("runAsUserName":"ContainerAdministrator")",
            true},
        windows_case{"MustRunAs", must, R"("runAsUserName":"ContainerAdministrator")", true},
        windows_case{"MayRunAs", may, R"("runAsUserName":"ContainerAdministrator")", false},
        windows_case{"User", "MustRunAsNonRoot", R"("runAsUserName":"ContainerUser")", false},
        windows_case{"Absent", "MustRunAsNonRoot", "", false}
    ),
    testing_support::case_name()
);

TEST(RunAsUserOnWindows, TheAdministratorHasNoCase) {
    const auto policies = policy_with("runAs: {runAsUser: {rule: MustRunAsNonRoot}}");
    judged_request request(
        R"({"os":{"name":"windows"},"securityContext":{"windowsOptions":{"runAsUserName":"containeradministrator"}},)"
        R"("containers":[{"name":"app","image":"a"}]})"
    );
    EXPECT_THAT(
        request.lines(*policies),
        testing::ElementsAre(
            "Deny spec.securityContext.windowsOptions.runAsUserName: container \"app\" must not "
            "run "
            "as an administrator: windowsOptions.runAsUserName is containeradministrator for the "
            "pod; "
            "set securityContext.windowsOptions.runAsUserName: ContainerUser [p/run-as-user]"
        )
    );
}

TEST(RunAsUserOnWindows, ACapitalWIsNotWindows) {
    const auto policies = policy_with("runAs: {runAsUser: {rule: MustRunAsNonRoot}}");
    judged_request request(R"({"os":{"name":"Windows"},"containers":[{"name":"app","image":"a"}]})"
    );
    EXPECT_THAT(request.lines(*policies), testing::ElementsAre(nothing_set));
}

} // namespace
} // namespace gatehouse::policy
