// Where re-implementations of the standards are known to go wrong, from the pod's JSON on: absence,
// null and {} at every level, spellings of numbers, versions, setters against effective values, and
// pods that break several checks in several containers. Words are the checks' own tests' affair.

#include "policy/checks/registry.h"
#include "policy/pod/decode.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

/// `RULE LINE` of everything found, or the decoder's complaint.
std::vector<std::string> judged(
    const std::string& text,
    security_level level,
    const security_version& version = {}
) {
    simdjson::dom::parser parser;
    arena memory;
    const auto json = parser.parse(text);
    EXPECT_EQ(json.error(), simdjson::SUCCESS) << text;
    const decoded_pod decoded = decode_pod(json.value_unsafe(), "object", memory);
    if (decoded.value == nullptr) {
        return {decoded.error.field + ": " + decoded.error.problem};
    }
    std::vector<std::string> lines;
    for (const finding& found : evaluate(level, version, *decoded.value)) {
        lines.push_back(std::string(id_of(found.rule)) + ' ' + found.field);
    }
    return lines;
}

/// A pod that passes, with `context` in place of its container's securityContext.
std::string with_context(const std::string& context) {
    return R"({"spec": {"securityContext": {"runAsNonRoot": true, "seccompProfile":
        {"type": "RuntimeDefault"}}, "containers": [{"name": "app", "image": "a", "securityContext": )"
           + context + "}]}}";
}

std::string with_volume(const std::string& source) {
    return R"({"spec": {"securityContext": {"runAsNonRoot": true, "seccompProfile":
        {"type": "RuntimeDefault"}}, "volumes": [{"name": "v", )"
           + source + R"(}], "containers": [{"name": "app", "image": "a", "securityContext":
        {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}})";
}

std::string pod_without_context(const std::string& context) {
    return R"({"spec": {"securityContext": )" + context
           + R"(, "containers": [{"name": "app", "image": "a"}]}})";
}

const std::vector<std::string> needs_both = {
    "allowPrivilegeEscalation spec.containers[0].securityContext.allowPrivilegeEscalation",
    "capabilities_restricted spec.containers[0].securityContext.capabilities.drop",
};
const std::vector<std::string> needs_drop = {needs_both[1]};

struct absence_case {
    std::string name;
    std::string pod;
    std::vector<std::string> found;
};

class Absence : public testing::TestWithParam<absence_case> {};

TEST_P(Absence, IsJudgedAsKubernetesDoes) {
    EXPECT_EQ(judged(GetParam().pod, security_level::restricted), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    Traps,
    Absence,
    testing::Values(
        absence_case{"NullSecurityContext", with_context("null"), needs_both},
        absence_case{"EmptySecurityContext", with_context("{}"), needs_both},
        absence_case{
            "NullPodSecurityContext",
            pod_without_context("null"),
            {needs_both[0],
             needs_both[1],
             "runAsNonRoot spec.containers[0].securityContext.runAsNonRoot",
             "seccompProfile_restricted spec.containers[0].securityContext.seccompProfile.type"}},
        absence_case{
            "EmptyPodSecurityContext",
            pod_without_context("{}"),
            {needs_both[0],
             needs_both[1],
             "runAsNonRoot spec.containers[0].securityContext.runAsNonRoot",
             "seccompProfile_restricted spec.containers[0].securityContext.seccompProfile.type"}},
        absence_case{
            "NullLists",
            R"({"spec": {"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type":
                "RuntimeDefault"}, "sysctls": null, "supplementalGroups": null}, "volumes": null,
                "initContainers": null, "ephemeralContainers": null, "containers": [{"name": "app",
                "image": "a", "ports": null, "livenessProbe": null, "lifecycle": {"preStop": null},
                "securityContext": {"allowPrivilegeEscalation": false, "capabilities":
                {"drop": ["ALL"]}}}]}})",
            {}},
        absence_case{
            "NullCapabilities",
            with_context(R"({"allowPrivilegeEscalation": false, "capabilities": null})"),
            needs_drop},
        absence_case{
            "EmptyCapabilities",
            with_context(R"({"allowPrivilegeEscalation": false, "capabilities": {}})"),
            needs_drop},
        absence_case{
            "NullDrop",
            with_context(R"({"allowPrivilegeEscalation": false, "capabilities": {"drop": null}})"),
            needs_drop},
        absence_case{
            "NullAllowPrivilegeEscalation",
            with_context(R"({"allowPrivilegeEscalation": null, "capabilities": {"drop": ["ALL"]}})"
            ),
            {needs_both[0]}},
        absence_case{
            "NullsThatMeanNothing",
            with_context(R"({"allowPrivilegeEscalation": false, "capabilities":
                {"drop": ["ALL"], "add": null}, "privileged": null, "procMount": null,
                "runAsUser": null, "runAsNonRoot": null, "seccompProfile": null,
                "seLinuxOptions": null, "windowsOptions": null, "appArmorProfile": null})"),
            {}},
        absence_case{
            "EmptyProfilesCount",
            with_context(R"({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {}, "appArmorProfile": {}})"),
            {"appArmorProfile spec.containers[0].securityContext.appArmorProfile.type",
             "seccompProfile_restricted spec.containers[0].securityContext.seccompProfile.type"}},
        absence_case{
            "EmptyHostPathCounts",
            with_volume(R"("hostPath": {})"),
            {"restrictedVolumes spec.volumes[0].hostPath"}},
        absence_case{"NullHostPathDoesNot", with_volume(R"("hostPath": null, "emptyDir": {})"), {}},
        absence_case{
            "NullEmptyDirIsNoSource",
            with_volume(R"("emptyDir": null)"),
            {"restrictedVolumes spec.volumes[0]"}},
        absence_case{
            "TwoSources",
            with_volume(R"("emptyDir": {}, "hostPath": {"path": "/"})"),
            {"restrictedVolumes spec.volumes[0]"}},
        absence_case{
            "UnknownSource",
            with_volume(R"("fooDisk": {})"),
            {"restrictedVolumes spec.volumes[0].fooDisk"}}
    ),
    testing_support::case_name()
);

struct number_case {
    std::string name;
    std::string user;
    std::vector<std::string> found;
};

class UserId : public testing::TestWithParam<number_case> {};

TEST_P(UserId, IsNeverMistakenForAnotherThanZero) {
    const std::string pod = with_context(
        R"({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}, "runAsUser": )"
        + GetParam().user + "}"
    );
    EXPECT_EQ(judged(pod, security_level::restricted), GetParam().found);
}

const std::vector<std::string> is_zero = {
    "runAsUser spec.containers[0].securityContext.runAsUser",
};
const std::vector<std::string> is_no_whole_number = {
    "object.spec.containers[0].securityContext.runAsUser: must be a whole number",
};

INSTANTIATE_TEST_SUITE_P(
    Traps,
    UserId,
    testing::Values(
        number_case{"Zero", "0", is_zero},
        number_case{"MinusZero", "-0", is_zero},
        number_case{"ZeroPointZero", "0.0", is_no_whole_number},
        number_case{"Exponent", "1e3", is_no_whole_number},
        number_case{"ZeroWithExponent", "0e0", is_no_whole_number},
        number_case{"Text", "\"0\"", is_no_whole_number}
    ),
    testing_support::case_name()
);

/// A pod of restricted, below `spec`: its security context, then containers and what else there is.
std::string pod_of(const std::string& context, const std::string& rest) {
    return R"({"spec": {"securityContext": )" + context + ", " + rest + "}}";
}

/// A container named `a` that passes with `more` in its security context.
std::string container_with(const std::string& more = "") {
    return R"({"name": "a", "image": "a", "securityContext": {"allowPrivilegeEscalation": false,)"
           R"( "capabilities": {"drop": ["ALL"]})"
           + (more.empty() ? "" : ", " + more) + "}}";
}

const std::string sound = R"({"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}})";
const std::string silent_about_users = R"({"seccompProfile": {"type": "RuntimeDefault"}})";

std::string windows(const std::string& name) {
    return pod_of(
        R"({"runAsNonRoot": true})",
        R"("os": {"name": ")" + name + R"("}, "containers": [{"name": "a", "image": "a"}])"
    );
}

std::string user_namespace(const std::string& context) {
    return pod_of(
        silent_about_users, R"("hostUsers": false, "containers": [)" + container_with(context) + "]"
    );
}

struct version_case {
    std::string name;
    std::string version;
    security_level level;
    std::string pod;
    std::vector<std::string> found;
};

class Versions : public testing::TestWithParam<version_case> {};

TEST_P(Versions, AreJudgedAsKubernetesDoes) {
    const std::optional<security_version> version = version_named(GetParam().version);
    ASSERT_TRUE(version);
    EXPECT_EQ(judged(GetParam().pod, GetParam().level, *version), GetParam().found);
}

constexpr security_level restricted = security_level::restricted;
constexpr security_level baseline = security_level::baseline;
const std::string unset_pod = R"({"spec": {"containers": [{"name": "a", "image": "a"}]}})";
const std::string drops_only_kill = pod_of(
    sound,
    R"("containers": [{"name": "a", "image": "a", "securityContext":
    {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["KILL"]}}}])"
);
const std::string root_user =
    pod_of(sound, R"("containers": [)" + container_with(R"("runAsUser": 0)") + "]");
const std::string slow_start = R"({"spec": {"securityContext": {"sysctls":
    [{"name": "net.ipv4.tcp_slow_start_after_idle", "value": "0"}]},
    "containers": [{"name": "a", "image": "a"}]}})";
const std::string unmasked = user_namespace(R"("procMount": "Unmasked")");

const std::string first = "spec.containers[0].securityContext.";
const std::vector<std::string> needs_non_root = {"runAsNonRoot " + first + "runAsNonRoot"};
const std::vector<std::string> needs_seccomp = {
    "seccompProfile_restricted " + first + "seccompProfile.type"};
const std::vector<std::string> sysctl_found = {"sysctls spec.securityContext.sysctls[0].name"};

INSTANTIATE_TEST_SUITE_P(
    Traps,
    Versions,
    testing::Values(
        version_case{"UserNamespaceAt34", "v1.34", restricted, user_namespace(""), needs_non_root},
        version_case{"UserNamespaceAt35", "v1.35", restricted, user_namespace(""), {}},
        version_case{
            "RootInUserNamespaceAt34",
            "v1.34",
            restricted,
            user_namespace(R"("runAsNonRoot": true, "runAsUser": 0)"),
            {"runAsUser " + first + "runAsUser"}},
        version_case{
            "RootInUserNamespaceAt35",
            "v1.35",
            restricted,
            user_namespace(R"("runAsNonRoot": false, "runAsUser": 0)"),
            {}},
        version_case{
            "UnmaskedInUserNamespaceAt34",
            "v1.34",
            baseline,
            unmasked,
            {"procMount " + first + "procMount"}},
        version_case{"UnmaskedInUserNamespaceAt35", "v1.35", baseline, unmasked, {}},
        version_case{
            "UnmaskedStaysRestrictedAt35",
            "v1.35",
            restricted,
            unmasked,
            {"procMount_restricted " + first + "procMount"}},
        version_case{
            "WindowsAt24",
            "v1.24",
            restricted,
            windows("windows"),
            {needs_both[0], needs_both[1], needs_seccomp[0]}},
        version_case{"WindowsAt25", "v1.25", restricted, windows("windows"), {}},
        version_case{
            "CapitalWindowsAt25",
            "v1.25",
            restricted,
            windows("Windows"),
            {needs_both[0], needs_both[1], needs_seccomp[0]}},
        version_case{"ClampedNewest", "v1.37", baseline, slow_start, {}},
        version_case{"ClampedNext", "v1.38", baseline, slow_start, {}},
        version_case{"ClampedHundred", "v1.100", baseline, slow_start, {}},
        version_case{"Latest", "latest", baseline, slow_start, {}},
        version_case{"BeforeTheNewest", "v1.36", baseline, slow_start, sysctl_found},
        version_case{"At7", "v1.7", restricted, unset_pod, needs_non_root},
        version_case{"At8", "v1.8", restricted, unset_pod, {needs_both[0], needs_non_root[0]}},
        version_case{"At18", "v1.18", restricted, unset_pod, {needs_both[0], needs_non_root[0]}},
        version_case{
            "At19",
            "v1.19",
            restricted,
            unset_pod,
            {needs_both[0], needs_non_root[0], needs_seccomp[0]}},
        version_case{"DropAt21", "v1.21", restricted, drops_only_kill, {}},
        version_case{"DropAt22", "v1.22", restricted, drops_only_kill, needs_drop},
        version_case{"RootAt22", "v1.22", restricted, root_user, {}},
        version_case{
            "RootAt23",
            "v1.23",
            restricted,
            root_user,
            {"runAsUser " + first + "runAsUser"}}
    ),
    testing_support::case_name()
);

TEST(Traps, PodThatSaysFalseFailsThoughEveryContainerSaysTrue) {
    const std::string pod = pod_of(
        R"({"runAsNonRoot": false, "seccompProfile": {"type": "RuntimeDefault"}})",
        R"("initContainers": [)" + container_with(R"("runAsNonRoot": true)")
            + R"(], "containers": [)" + container_with(R"("runAsNonRoot": true)") + "]"
    );
    const std::vector<std::string> expected = {"runAsNonRoot spec.securityContext.runAsNonRoot"};
    EXPECT_EQ(judged(pod, restricted), expected);
}

TEST(Traps, OnlyTheContainerThatMissesTheFieldIsToldAndAnExplicitFalseHidesIt) {
    const std::string says_true = container_with(R"("runAsNonRoot": true)");
    const std::string says_false = container_with(R"("runAsNonRoot": false)");
    const auto pod = [&](const std::string& last) {
        return pod_of(
            silent_about_users,
            R"("containers": [)" + says_true + ", " + container_with() + ", " + last + "]"
        );
    };
    const std::vector<std::string> missing = {
        "runAsNonRoot spec.containers[1].securityContext.runAsNonRoot"};
    const std::vector<std::string> refused = {
        "runAsNonRoot spec.containers[2].securityContext.runAsNonRoot"};
    EXPECT_EQ(judged(pod(says_true), restricted), missing);
    EXPECT_EQ(judged(pod(says_false), restricted), refused);
}

TEST(Traps, AnnotationsOfContainersThatDoNotExistCountForAppArmorOnly) {
    const std::string pod = R"({"metadata": {"annotations": {
        "container.apparmor.security.beta.kubernetes.io/nobody": "unconfined",
        "container.seccomp.security.alpha.kubernetes.io/nobody": "unconfined"}},
        "spec": {"containers": [{"name": "a", "image": "a"}]}})";
    const std::vector<std::string> expected = {
        "appArmorProfile "
        "metadata.annotations[container.apparmor.security.beta.kubernetes.io/nobody]"};
    EXPECT_EQ(judged(pod, baseline, {18}), expected);
}

TEST(Traps, SeveralContainersOfMixedVerdictAreToldInOneAnswer) {
    testing_support::pod_builder p(security_level::restricted);
    p.security().run_as_non_root.reset();
    p.app().security.run_as_non_root = true;
    container& init = p.add_init_container("migrate");
    init.security.run_as_non_root = true;
    init.security.run_as_user = 0;
    container& proxy = p.add_container("proxy");
    proxy.security.allow_privilege_escalation.reset();
    p.add_ephemeral_container("debug").security.privileged = true;
    p.add_volume("tmp", {"emptyDir"});
    const std::vector<std::string> expected = {
        "forbidden spec.ephemeralContainers[0].securityContext.privileged: ephemeral container "
        "\"debug\" must not set securityContext.privileged: true; remove it or set it to false",
        "required spec.containers[1].securityContext.allowPrivilegeEscalation: container \"proxy\" "
        "must set securityContext.allowPrivilegeEscalation: false",
        "required spec.containers[1].securityContext.runAsNonRoot: container \"proxy\" must set "
        "securityContext.runAsNonRoot: true, here or in the pod",
        "required spec.ephemeralContainers[0].securityContext.runAsNonRoot: ephemeral container "
        "\"debug\" must set securityContext.runAsNonRoot: true, here or in the pod",
        "forbidden spec.initContainers[0].securityContext.runAsUser: init container \"migrate\" "
        "must "
        "not set securityContext.runAsUser: 0; remove it or set the id of another user",
    };
    EXPECT_EQ(testing_support::lines_of(security_level::restricted, 37, p.build()), expected);
}

} // namespace
} // namespace gatehouse::policy
