// What an update is compared by: every field that something judges counts, whatever else a pod says does not. What
// is judged of one (interface 2.5).
#include "policy/decide.h"
#include "tests/support/case_name.h"
#include "tests/support/denied_tag.h"
#include "tests/support/full_pod.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::bad_tag;
using testing_support::deny_bad;
using testing_support::full_pod;
using testing_support::judged_request;
using testing_support::policy_with;

using change = std::function<void(json& pod)>;

/// Puts a value at a JSON pointer.
change put(std::string where, json value) {
    return [where = std::move(where), value = std::move(value)](json& pod) {
        pod[json::json_pointer(where)] = value;
    };
}

change take(std::string where) {
    return [where = std::move(where)](json& pod) {
        const json::json_pointer at(where);
        json& above = pod[at.parent_pointer()];
        if (above.is_array()) {
            above.erase(std::stoul(at.back()));
        } else {
            above.erase(at.back());
        }
    };
}

struct change_case {
    std::string name;
    change how;
};

/// Whether an update by the change is judged; asked both ways, as each may be the old object.
bool is_judged(const change& how) {
    const auto policies = policy_with("podSecurity: {level: baseline}");
    json changed = full_pod();
    how(changed);
    EXPECT_NE(changed, full_pod()) << "changes nothing";
    judged_request there(changed.dump());
    there.set_old(full_pod().dump());
    judged_request back(full_pod().dump());
    back.set_old(changed.dump());
    const bool judged = !there.verdict(*policies).let_through;
    EXPECT_EQ(!back.verdict(*policies).let_through, judged);
    return judged;
}

class JudgedField : public testing::TestWithParam<change_case> {};

TEST_P(JudgedField, MakesAnUpdateThatIsJudged) { EXPECT_TRUE(is_judged(GetParam().how)); }

const std::string pod_context = "/spec/securityContext";
const std::string context = "/spec/containers/0/securityContext";

std::vector<change_case> pod_changes() {
    return {
        {"AppArmorAnnotation",
         [](json& pod) { pod["metadata"]["annotations"].begin().value() = "unconfined"; }},
        {"NewAppArmorAnnotation",
         [](json& pod) {
             pod["metadata"]["annotations"]["container.apparmor.security.beta.kubernetes.io/x"] =
                 "";
         }},
        {"HostNetwork", take("/spec/hostNetwork")},
        {"HostPid", put("/spec/hostPID", false)},
        {"HostIpc", put("/spec/hostIPC", false)},
        {"HostUsers", put("/spec/hostUsers", false)},
        {"HostUsersAbsent", take("/spec/hostUsers")},
        {"Os", put("/spec/os/name", "windows")},
        {"ServiceAccount", put("/spec/serviceAccountName", "other")},
        {"RunAsUserOfPod", put(pod_context + "/runAsUser", 0)},
        {"RunAsGroupOfPod", put(pod_context + "/runAsGroup", 0)},
        {"RunAsNonRootOfPod", take(pod_context + "/runAsNonRoot")},
        {"FsGroup", put(pod_context + "/fsGroup", 0)},
        {"SupplementalGroups", put(pod_context + "/supplementalGroups", {0})},
        {"MoreSupplementalGroups", put(pod_context + "/supplementalGroups", {1, 0})},
        {"SupplementalGroupsPolicy", put(pod_context + "/supplementalGroupsPolicy", "Merge")},
        {"Sysctls", put(pod_context + "/sysctls/0/name", "kernel.msgmax")},
        {"SeLinuxTypeOfPod", put(pod_context + "/seLinuxOptions/type", "spc_t")},
        {"SeccompOfPod", put(pod_context + "/seccompProfile/type", "Unconfined")},
        {"AppArmorOfPod", put(pod_context + "/appArmorProfile/type", "Unconfined")},
        {"HostProcessOfPod", put(pod_context + "/windowsOptions/hostProcess", true)},
        {"RunAsUserNameOfPod", put(pod_context + "/windowsOptions/runAsUserName", "v")},
        {"NewVolume", put("/spec/volumes/2", {{"name", "v"}, {"hostPath", {{"path", "/"}}}})},
        {"VolumeName", put("/spec/volumes/1/name", "other")},
        {"VolumeSource", put("/spec/volumes/1", {{"name", "tmp"}, {"secret", json::object()}})},
        {"ImageVolume", put("/spec/volumes/0/image/reference", "a:1")},
        {"FewerVolumes", take("/spec/volumes/1")},
    };
}

std::vector<change_case> container_changes() {
    return {
        {"Image", put("/spec/containers/0/image", "a:1")},
        {"Name", put("/spec/containers/0/name", "other")},
        {"NewContainer", put("/spec/containers/1", {{"name", "b"}, {"image", "a:bad"}})},
        {"InitImage", put("/spec/initContainers/0/image", "a:1")},
        {"NoInitContainer", take("/spec/initContainers")},
        {"EphemeralImage", put("/spec/ephemeralContainers/0/image", "a:1")},
        {"NewEphemeralContainer",
         put("/spec/ephemeralContainers/1", {{"name", "x"}, {"image", "a:bad"}})},
        {"Privileged", put(context + "/privileged", true)},
        {"AllowPrivilegeEscalation", take(context + "/allowPrivilegeEscalation")},
        {"ProcMount", put(context + "/procMount", "Unmasked")},
        {"CapabilitiesAdd", put(context + "/capabilities/add", {"SYS_ADMIN"})},
        {"CapabilitiesDrop", put(context + "/capabilities/drop", json::array())},
        {"NoCapabilities", take(context + "/capabilities")},
        {"RunAsUser", put(context + "/runAsUser", 0)},
        {"RunAsGroup", put(context + "/runAsGroup", 0)},
        {"RunAsNonRoot", put(context + "/runAsNonRoot", false)},
        {"SeLinuxType", put(context + "/seLinuxOptions/type", "spc_t")},
        {"SeLinuxUser", put(context + "/seLinuxOptions/user", "v")},
        {"SeLinuxRole", put(context + "/seLinuxOptions/role", "v")},
        {"Seccomp", put(context + "/seccompProfile/type", "Unconfined")},
        {"AppArmor", put(context + "/appArmorProfile/type", "Unconfined")},
        {"HostProcess", put(context + "/windowsOptions/hostProcess", true)},
        {"RunAsUserName", put(context + "/windowsOptions/runAsUserName", "v")},
        {"NoWindowsOptions", take(context + "/windowsOptions")},
        {"HostPort", put("/spec/containers/0/ports/0/hostPort", 81)},
        {"NoHostPort", take("/spec/containers/0/ports/0/hostPort")},
        {"ProbeHost", put("/spec/containers/0/livenessProbe/httpGet/host", "other")},
        {"OtherHandler",
         [](json& pod) {
             json& app = pod["spec"]["containers"][0];
             app["readinessProbe"] = app["livenessProbe"];
             app.erase("livenessProbe");
         }},
    };
}

INSTANTIATE_TEST_SUITE_P(
    OfAPod,
    JudgedField,
    testing::ValuesIn(pod_changes()),
    testing_support::case_name()
);
INSTANTIATE_TEST_SUITE_P(
    OfAContainer,
    JudgedField,
    testing::ValuesIn(container_changes()),
    testing_support::case_name()
);

class OtherField : public testing::TestWithParam<change_case> {};

TEST_P(OtherField, MakesAnUpdateThatIsLetThrough) { EXPECT_FALSE(is_judged(GetParam().how)); }

INSTANTIATE_TEST_SUITE_P(
    OfAPod,
    OtherField,
    testing::Values(
        change_case{"Labels", put("/metadata/labels", {{"app", "web"}})},
        change_case{"Annotation", put("/metadata/annotations/team", "web")},
        change_case{"Finalizers", put("/metadata/finalizers", {"example.com/wait"})},
        change_case{
            "DeletionTimestamp",
            put("/metadata/deletionTimestamp", "2026-08-01T00:00:00Z")},
        change_case{"NodeName", put("/spec/nodeName", "n2")},
        change_case{"NodeSelector", put("/spec/nodeSelector", {{"kubernetes.io/arch", "arm64"}})},
        change_case{"SeLinuxLevel", put(pod_context + "/seLinuxOptions/level", "s1")},
        change_case{"SysctlValue", put(pod_context + "/sysctls/0/value", "2")},
        change_case{"Resources", put("/spec/containers/0/resources", json::object())},
        change_case{"ContainerPort", put("/spec/containers/0/ports/0/containerPort", 81)},
        change_case{"ProbePort", put("/spec/containers/0/livenessProbe/httpGet/port", 81)},
        change_case{"Tolerations", put("/spec/tolerations", json::array())}
    ),
    testing_support::case_name()
);

/// Images that are found bad in an update: "app", "init", "debug", "data".
std::vector<std::string> judged_images(const json& changed, const json& old) {
    const auto policies = policy_with("images: {denyTags: [bad]}");
    judged_request request(changed.dump());
    request.set_old(old.dump());
    std::vector<std::string> out;
    for (const violation& one : request.verdict(*policies).violations) {
        out.emplace_back(one.where.name);
    }
    return out;
}

struct image_case {
    std::string name;
    change how;
    std::vector<std::string> judged;
};

class ChangedParts : public testing::TestWithParam<image_case> {};

TEST_P(ChangedParts, AreAllThatOurRulesJudge) {
    json changed = full_pod();
    GetParam().how(changed);
    EXPECT_EQ(judged_images(changed, full_pod()), GetParam().judged);
}

INSTANTIATE_TEST_SUITE_P(
    Images,
    ChangedParts,
    testing::Values(
        image_case{"None", put("/spec/containers/0/ports/0/hostPort", 81), {}},
        image_case{"Renamed", put("/spec/containers/0/name", "other"), {"other"}},
        image_case{"InitRenamed", put("/spec/initContainers/0/name", "other"), {"other"}},
        image_case{"DebugRenamed", put("/spec/ephemeralContainers/0/name", "other"), {"other"}},
        image_case{"VolumeRenamed", put("/spec/volumes/0/name", "other"), {"other"}},
        image_case{"AnotherBadImage", put("/spec/initContainers/0/image", "b:bad"), {"init"}},
        image_case{"AnotherBadVolume", put("/spec/volumes/0/image/reference", "b:bad"), {"data"}},
        image_case{
            "MovedToAnotherList",
            [](json& pod) {
                pod["spec"]["initContainers"].push_back(pod["spec"]["containers"][0]);
            },
            {"app"}},
        image_case{"OwnField", put(context + "/privileged", true), {"app"}},
        // The container says itself what the pod says, so it runs as before.
        image_case{"OverriddenField", put(pod_context + "/runAsUser", 0), {"init", "debug"}},
        image_case{"HostUsers", put("/spec/hostUsers", false), {"init", "app", "debug"}},
        image_case{"Os", put("/spec/os/name", "windows"), {"init", "app", "debug"}}
    ),
    testing_support::case_name()
);

class Inherited : public testing::TestWithParam<change_case> {};

TEST_P(Inherited, ByAContainerChangesIt) {
    json changed = full_pod();
    GetParam().how(changed);
    EXPECT_THAT(judged_images(changed, full_pod()), ElementsAre("init", "debug"));
    changed = full_pod();
    json old = full_pod();
    changed["spec"]["containers"][0].erase("securityContext");
    old["spec"]["containers"][0].erase("securityContext");
    GetParam().how(changed);
    EXPECT_THAT(judged_images(changed, old), ElementsAre("init", "app", "debug"));
}

INSTANTIATE_TEST_SUITE_P(
    Fields,
    Inherited,
    testing::Values(
        change_case{"RunAsUser", put(pod_context + "/runAsUser", 0)},
        change_case{"RunAsGroup", put(pod_context + "/runAsGroup", 0)},
        change_case{"RunAsNonRoot", put(pod_context + "/runAsNonRoot", false)},
        change_case{"SeLinux", put(pod_context + "/seLinuxOptions/type", "spc_t")},
        change_case{"Seccomp", take(pod_context + "/seccompProfile")},
        change_case{"AppArmor", put(pod_context + "/appArmorProfile/type", "Unconfined")},
        change_case{"HostProcess", put(pod_context + "/windowsOptions/hostProcess", true)},
        change_case{"RunAsUserName", put(pod_context + "/windowsOptions/runAsUserName", "v")}
    ),
    testing_support::case_name()
);

/// Which fields of the pod itself make our rules judge the pod-level part anew.
TEST(ChangedPod, IsJudgedForAnyOfItsOwnFields) {
    const auto policies =
        policy_with("runAs: {fsGroup: {rule: MustRunAs, ranges: [{min: 5, max: 5}]}}");
    const auto fields_of = [&](const change& how) {
        json changed = full_pod();
        how(changed);
        judged_request request(changed.dump());
        request.set_old(full_pod().dump());
        std::vector<std::string> out;
        for (const violation& one : request.verdict(*policies).violations) {
            out.push_back(one.field);
        }
        return out;
    };
    for (const change_case& one : pod_changes()) {
        const bool is_own = one.name.find("olume") == std::string::npos
                            && one.name.find("Annotation") == std::string::npos;
        if (is_own && one.name != "Os") {
            EXPECT_THAT(fields_of(one.how), ElementsAre("spec.securityContext.fsGroup"))
                << one.name;
        } else if (one.name != "Os") {
            EXPECT_THAT(fields_of(one.how), IsEmpty()) << one.name;
        }
    }
    EXPECT_THAT(
        fields_of(put("/spec/os/name", "other")), ElementsAre("spec.securityContext.fsGroup")
    );
    EXPECT_THAT(fields_of(put(context + "/runAsUser", 0)), IsEmpty());
}

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

} // namespace
} // namespace gatehouse::policy
