// Which images are asked for, on which platforms they are judged, and what follows where they cannot be
// had. What each rule says of a user: resolved_users_test.cpp and image_user_test.cpp.
#include "policy/rules/open_user.h"

#include "policy/decide.h"
#include "tests/support/case_name.h"
#include "tests/support/image_users.h"
#include "tests/support/judging.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace gatehouse::policy {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
const std::string image = "reg.example/app:1";
const std::string ranges = "ranges: [{min: 10000, max: 19999}]}";
const std::string all_rules = "runAs: {imageUser: Resolve, runAsUser: {rule: MustRunAs, " + ranges
                              + ", runAsGroup: {rule: MayRunAs, " + ranges
                              + ", supplementalGroups: {rule: MayRunAs, " + ranges + "}";
const std::string non_root = "runAs: {imageUser: Resolve, runAsUser: {rule: MustRunAsNonRoot}}";

std::string pod_with(const std::string& spec, const std::string& container = "{}") {
    return "{" + spec + (spec.empty() ? "" : ",")
           + R"("containers":[{"name":"app","image":"reg.example/app:1","securityContext":)"
           + container + "}]}";
}

/// "reg.example/app:1 config user group groups arm64", a line each.
std::vector<std::string> wants_of(const std::string& policy, const std::string& pod) {
    const auto policies = policies_of(policy);
    judged_request request(pod);
    std::vector<std::string> out;
    for (const image_want& one : make_plan(*request, *policies, now).wants) {
        out.push_back(fmt::format(
            "{}{}{}{}{}{}{}",
            one.image.text(),
            one.user.config ? " config" : "",
            one.user.user_id ? " user" : "",
            one.user.group_id ? " group" : "",
            one.user.groups ? " groups" : "",
            one.user.architecture.empty() ? "" : " ",
            one.user.architecture
        ));
    }
    return out;
}

std::string policy_text(const std::string& spec, const std::string& name = "p") {
    return "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {name: " + name
           + "}\nspec: {" + spec + "}\n---\n";
}

struct want_case {
    std::string name;
    std::string spec; ///< of the policy
    std::string pod;
    std::vector<std::string> wants;
};

class UserWants : public testing::TestWithParam<want_case> {};

TEST_P(UserWants, AreOfWhatThePodLeavesOpen) {
    EXPECT_EQ(wants_of(policy_text(GetParam().spec), GetParam().pod), GetParam().wants);
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    UserWants,
    testing::Values(
        want_case{
            "Ignore",
            "runAs: {imageUser: Ignore, runAsUser: {rule: MayRunAs, " + ranges + "}",
            pod_with(""),
            {}},
        want_case{"AllRules", all_rules, pod_with(""), {image + " config user group groups"}},
        want_case{
            "UserIsSet",
            all_rules,
            pod_with("", R"({"runAsUser":10000,"runAsNonRoot":true})"),
            {}},
        want_case{
            "UserIsSetByThePod",
            all_rules,
            pod_with(R"("securityContext":{"runAsUser":10000})"),
            {}},
        want_case{
            "GroupIsSet",
            all_rules,
            pod_with("", R"({"runAsGroup":10000})"),
            {image + " config user groups"}},
        want_case{
            "Strict",
            all_rules,
            pod_with(R"("securityContext":{"supplementalGroupsPolicy":"Strict"})"),
            {image + " config user group"}},
        want_case{
            "UserNamespacesAreJudged",
            all_rules,
            pod_with(R"("hostUsers":false)"),
            {image + " config user group groups"}},
        want_case{
            "UserNamespacesRelax",
            "runAs: {imageUser: Resolve, userNamespaces: Relax, runAsUser: {rule: "
            "MustRunAsNonRoot}}",
            pod_with(R"("hostUsers":false)"),
            {}},
        want_case{"NonRootIsOpen", non_root, pod_with(""), {image + " config user"}},
        want_case{"NonRootIsFalse", non_root, pod_with("", R"({"runAsNonRoot":false})"), {}},
        want_case{
            "KubeletChecks", // rule image-user
            "runAs: {imageUser: Resolve}",
            pod_with("", R"({"runAsNonRoot":true})"),
            {image + " config"}},
        want_case{"NothingToCheck", "runAs: {imageUser: Resolve}", pod_with(""), {}},
        want_case{
            "AnyUser",
            "runAs: {imageUser: Resolve, runAsUser: {rule: RunAsAny}, runAsGroup: {rule: "
            "RunAsAny}}",
            pod_with(""),
            {}},
        want_case{
            "Architecture",
            non_root,
            pod_with(R"("nodeSelector":{"kubernetes.io/arch":"arm64","kubernetes.io/os":"linux"})"),
            {image + " config user arm64"}},
        want_case{
            "Windows",
            all_rules,
            pod_with(R"("os":{"name":"windows"})", R"({"runAsNonRoot":true,"runAsUser":5})"),
            {image + " config"}},
        want_case{
            "WindowsWithUserName",
            all_rules,
            pod_with(
                R"("os":{"name":"windows"})",
                R"({"runAsNonRoot":true,"windowsOptions":{"runAsUserName":"x"}})"
            ),
            {}},
        want_case{"WindowsWithoutNonRoot", all_rules, pod_with(R"("os":{"name":"windows"})"), {}},
        want_case{
            "OtherPlaces",
            non_root,
            R"({"initContainers":[{"name":"i","image":"reg.example/i:1"}],
                "containers":[{"name":"a","image":"reg.example/a:1"},{"name":"b","image":"reg.example/a:1"}],
                "ephemeralContainers":[{"name":"e","image":"reg.example/e:1"}],
                "volumes":[{"name":"v","image":{"reference":"reg.example/v:1"}}]})",
            {"reg.example/i:1 config user",
             "reg.example/a:1 config user",
             "reg.example/e:1 config user"}},
        want_case{"DeniedAlready", non_root + ", images: {denyTags: [\"1\"]}", pod_with(""), {}},
        want_case{
            "WarnedOfOnly",
            non_root + ", images: {validationActions: [Warn], denyTags: [\"1\"]}",
            pod_with(""),
            {image + " config user"}}
    ),
    case_name()
);

TEST(UserWants, OfSeveralPoliciesAreOne) {
    EXPECT_THAT(
        wants_of(
            policy_text(non_root, "a")
                + policy_text(
                    "runAs: {imageUser: Resolve, runAsGroup: {rule: MayRunAs, " + ranges + "}", "b"
                ),
            pod_with("")
        ),
        ElementsAre(image + " config user group")
    );
}

const std::string head =
    "Deny spec.containers[0].securityContext.runAsUser: container \"app\" must not run as root: ";
const std::string remedy = "; set securityContext.runAsUser to a user other than 0, or USER to its "
                           "number in the Dockerfile";
const std::string unset = "runAsNonRoot and runAsUser are not set and ";
const std::string tail = " [p/run-as-user]";

std::string root_line(const std::string& user) {
    return head + unset + "the image's USER is " + user + remedy + tail;
}
std::string unresolved_line(const std::string& cause) {
    return head + unset + "the image's user could not be resolved: " + cause + remedy + tail;
}

verdict decided(
    const policy_set& policies,
    const std::string& pod,
    std::vector<image_evidence> images
) {
    judged_request request(pod);
    evidence known;
    known.images = std::move(images);
    verdict out = decide(make_plan(*request, policies, now), known);
    for (violation& one : out.violations) {
        one.where = {}; // its name dies with the request
    }
    return out;
}

std::vector<std::string> lines(
    const std::string& pod,
    std::vector<image_evidence> images,
    const std::string& spec = non_root
) {
    const auto policies = policies_of(policy_text(spec));
    return lines_of(decided(*policies, pod, std::move(images)));
}

image_evidence platforms(std::vector<known_platform> known) {
    return users_of(image, user_facts_of(std::move(known)));
}

known_platform on(const std::string& architecture, const std::string& user) {
    return {.user = user, .architecture = architecture};
}

TEST(OpenUser, PlatformsThatAgreeAreToldOnce) {
    EXPECT_THAT(
        lines(pod_with(""), {platforms({on("amd64", "0"), on("arm64", "0")})}),
        ElementsAre(root_line("\"0\""))
    );
}

TEST(OpenUser, PlatformsThatDifferAreNamed) {
    EXPECT_THAT(
        lines(pod_with(""), {platforms({on("amd64", "1000"), on("arm64", "0")})}),
        ElementsAre(root_line("\"0\" (linux/arm64)"))
    );
    known_platform arm = on("arm", "root");
    arm.variant = "v7";
    EXPECT_THAT(
        lines(
            pod_with(""),
            {platforms(
                {on("amd64", "0"), arm, on("s390x", "0"), on("ppc64le", "0"), on("riscv64", "0")}
            )}
        ),
        ElementsAre(
            root_line("\"0\" (linux/amd64, linux/s390x, linux/ppc64le and 1 more)"),
            root_line("\"root\" (linux/arm/v7)")
        )
    );
}

TEST(OpenUser, SeveralPlatformsOfOneNameAreNamedOnce) {
    EXPECT_THAT(
        lines(pod_with(""), {platforms({on("amd64", "0"), on("amd64", "0"), on("arm64", "7")})}),
        ElementsAre(root_line("\"0\" (linux/amd64)"))
    );
}

TEST(OpenUser, OtherSystemsAndArchitecturesAreNotJudged) {
    known_platform windows = on("amd64", "ContainerAdministrator");
    windows.os = "windows";
    EXPECT_THAT(lines(pod_with(""), {platforms({on("amd64", "1000"), windows})}), IsEmpty());
    const std::string bound = pod_with(R"("nodeSelector":{"kubernetes.io/arch":"amd64"})");
    EXPECT_THAT(lines(bound, {platforms({on("amd64", "1000"), on("arm64", "0")})}), IsEmpty());
    EXPECT_THAT(
        lines(bound, {platforms({on("amd64", "0"), on("arm64", "1000")})}),
        ElementsAre(root_line("\"0\""))
    );
}

TEST(OpenUser, AnImageForNoSuchPlatformIsUnresolved) {
    known_platform windows = on("amd64", "x");
    windows.os = "windows";
    EXPECT_THAT(
        lines(pod_with(""), {platforms({windows})}),
        ElementsAre(unresolved_line("the image is not made for linux, but for windows/amd64"))
    );
    EXPECT_THAT(
        lines(
            pod_with(R"("nodeSelector":{"kubernetes.io/arch":"arm64"})"),
            {platforms({on("amd64", "1000")})}
        ),
        ElementsAre(unresolved_line("the image is not made for linux/arm64, but for linux/amd64"))
    );
    EXPECT_THAT(
        lines(pod_with(""), {platforms({})}),
        ElementsAre(unresolved_line("the image is not made for linux"))
    );
}

TEST(OpenUser, AtMostFourFindingsOfARuleAndWhatNothingSoftensFirst) {
    std::vector<known_platform> many;
    const fact<std::shared_ptr<const accounts>> outage =
        fetch_failure{failure_cause::timeout, "too slow", true};
    const fact<std::shared_ptr<const accounts>> broken =
        fetch_failure{failure_cause::malformed, "no archive", true};
    for (const char* user : {"a", "b", "c"}) {
        many.push_back(on(std::string("x") + user, user));
        many.back().accounts = outage;
    }
    many.push_back(on("d", "d"));
    many.back().accounts = broken;
    many.push_back(on("e", "0"));
    const auto could_not = [](const std::string& user, const std::string& cause) {
        return head + unset + "the image's USER \"" + user + "\" could not be resolved: " + cause
               + " (linux/" + (user == "d" ? "" : "x") + user + ")" + remedy + tail;
    };
    EXPECT_THAT(
        lines(pod_with(""), {platforms(many)}),
        ElementsAre(
            root_line("\"0\" (linux/e)"),
            could_not("d", "no archive"),
            could_not("a", "too slow; try again"),
            could_not("b", "too slow; try again")
        )
    );
}

struct unresolved_case {
    std::string name;
    std::vector<image_evidence> images;
    std::string cause;
};

class UnresolvedUsers : public testing::TestWithParam<unresolved_case> {};

TEST_P(UnresolvedUsers, AreDenied) {
    EXPECT_THAT(
        lines(pod_with(""), GetParam().images), ElementsAre(unresolved_line(GetParam().cause))
    );
}

image_evidence unresolved_digest() {
    image_evidence out = platforms({on("amd64", "1000")});
    out.resolved = fetch_failure{failure_cause::unauthorized, "401; check the password", true};
    return out;
}

INSTANTIATE_TEST_SUITE_P(
    Causes,
    UnresolvedUsers,
    testing::Values(
        unresolved_case{"NoEvidence", {}, "it was not looked up; try again"},
        unresolved_case{
            "UsersWereNotWanted",
            {users_of(image, std::nullopt)},
            "it was not looked up; try again"},
        unresolved_case{"NoDigest", {unresolved_digest()}, "401; check the password"},
        unresolved_case{
            "NoConfig",
            {users_of(image, fetch_failure{failure_cause::too_large, "the config is huge", true})},
            "the config is huge"},
        unresolved_case{
            "NoWords",
            {users_of(image, fetch_failure{failure_cause::dns, "", true})},
            "dns; try again"}
    ),
    case_name()
);

TEST(OpenUser, EvidenceOfAnotherDigestIsNone) {
    const std::string named = "reg.example/app@sha256:" + std::string(64, 'a');
    const std::string pod = R"({"containers":[{"name":"app","image":")" + named + R"("}]})";
    EXPECT_THAT(
        lines(pod, {users_of(named, user_facts_of({on("amd64", "1000")}))}),
        ElementsAre(unresolved_line("it was not looked up; try again"))
    );
    image_evidence right = users_of(named, user_facts_of({on("amd64", "1000")}));
    right.resolved = digest::parse("sha256:" + std::string(64, 'a')).value();
    EXPECT_THAT(lines(pod, {right}), IsEmpty());
}

TEST(OpenUser, AnImageThatIsNoneIsUnresolvedWithoutAnyQuestion) {
    const std::string pod = R"({"containers":[{"name":"app","image":"reg.example/App:1"}]})";
    EXPECT_THAT(wants_of(policy_text(non_root), pod), IsEmpty());
    const auto policies = policies_of(policy_text(non_root));
    judged_request request(pod);
    const verdict got = decide_offline(make_plan(*request, *policies, now));
    EXPECT_THAT(got.not_checked, IsEmpty());
    ASSERT_EQ(got.violations.size(), 1U);
    EXPECT_THAT(
        got.violations[0].message,
        testing::StartsWith(
            "container \"app\" must not run as root: runAsNonRoot and runAsUser are "
            "not set and the image's user could not be resolved: the image's name is "
            "not valid: "
        )
    );
}

struct outage_case {
    std::string name;
    std::string mode; ///< onRegistryUnavailable
    failure_cause cause;
    bool host_is_listed;
    std::string action;
    std::size_t unverified;
};

class OutageOfUsers : public testing::TestWithParam<outage_case> {};

TEST_P(OutageOfUsers, IsTakenAsThePolicySays) {
    const outage_case& row = GetParam();
    const auto policies =
        policies_of(policy_text(non_root + ", onRegistryUnavailable: " + row.mode));
    const verdict got = decided(
        *policies,
        pod_with(""),
        {users_of(image, fetch_failure{row.cause, "it broke", row.host_is_listed})}
    );
    ASSERT_EQ(got.violations.size(), 1U);
    EXPECT_EQ(name_of(got.violations[0].action), row.action);
    ASSERT_EQ(got.unverified.size(), row.unverified);
    if (row.unverified == 1) {
        EXPECT_EQ(got.unverified[0].policy, "p");
        EXPECT_EQ(got.unverified[0].cause, row.cause);
        EXPECT_EQ(got.unverified[0].image, image);
    }
    EXPECT_EQ(got.allowed(), row.unverified == 1);
}

INSTANTIATE_TEST_SUITE_P(
    Modes,
    OutageOfUsers,
    testing::Values(
        outage_case{"Deny", "Deny", failure_cause::dns, true, "Deny", 0},
        outage_case{"Warn", "Warn", failure_cause::dns, true, "Warn", 1},
        outage_case{"OurTimeout", "Warn", failure_cause::timeout, true, "Warn", 1},
        outage_case{"UnlistedHost", "Warn", failure_cause::dns, false, "Deny", 0},
        outage_case{"Refused", "Warn", failure_cause::unauthorized, true, "Deny", 0},
        outage_case{"Malformed", "Warn", failure_cause::malformed, true, "Deny", 0},
        outage_case{"TooLarge", "Warn", failure_cause::too_large, true, "Deny", 0}
    ),
    case_name()
);

TEST(OpenUser, AnOutageOfOnePlatformExcusesNoRootOnAnother) {
    const auto policies = policies_of(policy_text(non_root + ", onRegistryUnavailable: Warn"));
    known_platform out = on("arm64", "app");
    out.accounts = fact<std::shared_ptr<const accounts>>(fetch_failure{
        failure_cause::timeout, "too slow", true});
    const verdict got = decided(*policies, pod_with(""), {platforms({on("amd64", "0"), out})});
    EXPECT_FALSE(got.allowed());
    EXPECT_EQ(got.violations.size(), 2U);
}

TEST(OpenUser, OfflineTheRulesThatNeedTheImageAreNotChecked) {
    const auto policies = policies_of(policy_text(all_rules));
    judged_request open(R"({"securityContext":{"runAsNonRoot":true},"containers":[
        {"name":"set","image":"reg.example/app:1","securityContext":{"runAsUser":5,"runAsGroup":10000}},
        {"name":"open","image":"reg.example/app:1"}]})");
    const verdict got = decide_offline(make_plan(*open, *policies, now));
    EXPECT_THAT(
        got.not_checked,
        ElementsAre(
            rule_id::run_as_user,
            rule_id::run_as_group,
            rule_id::supplemental_groups,
            rule_id::image_user
        )
    );
    EXPECT_THAT(
        lines_of(got),
        ElementsAre(
            "Deny spec.containers[0].securityContext.runAsUser: container \"set\" must run as "
            "a user in 10000-19999: runAsUser is 5; set securityContext.runAsUser in "
            "10000-19999 [p/run-as-user]"
        )
    );
    judged_request set(pod_with("", R"({"runAsUser":10000,"runAsGroup":10000})"));
    const verdict all = decide_offline(make_plan(*set, *policies, now));
    EXPECT_THAT(all.not_checked, IsEmpty());
    EXPECT_TRUE(all.allowed());
}

TEST(OpenUser, SoManyUsersAreResolvedForOneRequest) {
    const auto containers = [](std::size_t number) {
        std::string out;
        for (std::size_t i = 0; i < number; ++i) {
            out += R"({"name":"c","image":"reg.example/app:1"},)";
        }
        out.pop_back();
        return out;
    };
    const std::string pod =
        R"({"initContainers":[)" + containers(1000) + R"(],"containers":[)" + containers(25) + "]}";
    const std::vector<std::string> got = lines(pod, {platforms({on("amd64", "1000")})});
    EXPECT_THAT(
        got,
        ElementsAre(
            "Deny spec.containers[24].securityContext.runAsUser: container \"c\" must set "
            "runAsUser: the image's user could not be resolved: more than 1024 are asked for; "
            "set securityContext.runAsUser [p/run-as-user]"
        )
    );
}

TEST(OpenUser, ExemptionsLift) {
    EXPECT_THAT(
        lines(
            pod_with(""),
            {platforms({on("amd64", "0")})},
            non_root
                + ", exemptions: [{name: old, images: [reg.example/app], rules: [run-as-user], "
                  "until: "
                  "never, reason: x}]"
        ),
        IsEmpty()
    );
}

TEST(OpenUser, SectionsHaveTheirOwnActions) {
    EXPECT_THAT(
        lines(
            pod_with(""),
            {platforms({on("amd64", "0")})},
            "runAs: {validationActions: [Warn], imageUser: Resolve, runAsUser: {rule: "
            "MustRunAsNonRoot}}"
        ),
        ElementsAre("Warn" + root_line("\"0\"").substr(4))
    );
}

TEST(OpenUser, AnUpdateAsksForNewContainersOnly) {
    const auto policies = policies_of(policy_text(non_root));
    judged_request request(
        R"({"containers":[{"name":"app","image":"reg.example/app:1"}],
            "ephemeralContainers":[{"name":"debug","image":"reg.example/debug:1"}]})"
    );
    request.set_old(R"({"containers":[{"name":"app","image":"reg.example/app:1"}]})");
    const plan got = make_plan(*request, *policies, now);
    ASSERT_EQ(got.wants.size(), 1U);
    EXPECT_EQ(got.wants[0].image.text(), "reg.example/debug:1");
}

} // namespace
} // namespace gatehouse::policy
