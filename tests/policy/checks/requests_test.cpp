// The traps of the standards that lie in the request rather than in the pod: which subresources and
// updates are judged at all, and on how much of the pod.

#include "policy/request.h"
#include "tests/support/judging.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::judged_request;
using testing_support::policy_with;

/// A pod that restricted lets through, with `ephemeral` containers and `metadata` in it.
std::string sound_pod(const std::string& ephemeral = "", const std::string& metadata = "") {
    return fmt::format(
        R"({{"metadata": {{{}}}, "spec": {{
            "securityContext": {{"runAsNonRoot": true, "seccompProfile": {{"type": "RuntimeDefault"}}}},
            "containers": [{{"name": "app", "image": "a", "securityContext":
                {{"allowPrivilegeEscalation": false, "capabilities": {{"drop": ["ALL"]}}}}}}],
            "ephemeralContainers": [{}]}}}})",
        metadata,
        ephemeral
    );
}

std::vector<std::string> rules_of(const verdict& judged) {
    std::vector<std::string> out;
    for (const violation& one : judged.violations) {
        out.emplace_back(id_of(one.rule));
    }
    return out;
}

TEST(PodSecurityRequests, AnEphemeralContainerAddedByUpdateIsHeldToEveryRestrictedCheck) {
    const auto policies = policy_with("podSecurity: {level: restricted}");
    judged_request request(sound_pod(R"({"name": "debug", "image": "d", "securityContext":
        {"runAsNonRoot": false, "runAsUser": 0, "procMount": "Unmasked",
         "seccompProfile": {"type": "Unconfined"}, "capabilities": {"add": ["SYS_PTRACE"]}}})"));
    request.set_old(sound_pod());
    request->about.sub_resource = "ephemeralcontainers";
    ASSERT_EQ(scope_of(request->about), scope::pod);
    const verdict judged = request.verdict(*policies);
    EXPECT_EQ(judged.decision, decision::deny);
    EXPECT_THAT(
        rules_of(judged),
        ElementsAre(
            "allowPrivilegeEscalation",
            "capabilities_restricted",
            "capabilities_restricted",
            "procMount_restricted",
            "runAsNonRoot",
            "runAsUser",
            "seccompProfile_restricted"
        )
    );
}

TEST(PodSecurityRequests, AViolatingPodCanBeLabelledAndFinalized) {
    const auto policies = policy_with("podSecurity: {level: restricted}");
    const std::string privileged =
        R"({"name": "debug", "image": "d", "securityContext": {"privileged": true}})";
    for (const std::string metadata :
         {R"("labels": {"app": "web"})",
          R"("finalizers": [])",
          R"("annotations": {"team": "web"})",
          R"("deletionTimestamp": "2026-08-01T00:00:00Z", "deletionGracePeriodSeconds": 30)"}) {
        judged_request request(sound_pod(privileged, metadata));
        request.set_old(sound_pod(privileged, R"("finalizers": ["example.com/wait"])"));
        const verdict judged = request.verdict(*policies);
        EXPECT_EQ(judged.decision, decision::allow) << metadata;
        EXPECT_THAT(judged.violations, IsEmpty()) << metadata;
    }
}

TEST(PodSecurityRequests, ANewImageInAViolatingPodIsDeniedForTheWholePod) {
    const auto policies = policy_with("podSecurity: {level: restricted}");
    const auto with_image = [](const std::string& image) {
        return sound_pod(fmt::format(
            R"({{"name": "debug", "image": "{}", "securityContext": {{"allowPrivilegeEscalation": false,
                "capabilities": {{"drop": ["ALL"]}}}}}},
               {{"name": "old", "image": "d", "securityContext": {{"allowPrivilegeEscalation": false}}}})",
            image
        ));
    };
    judged_request request(with_image("d:2"));
    request.set_old(with_image("d:1"));
    EXPECT_THAT(rules_of(request.verdict(*policies)), ElementsAre("capabilities_restricted"));
}

TEST(PodSecurityRequests, ARenamedOrMovedContainerIsJudged) {
    const auto policies = policy_with("podSecurity: {level: baseline}");
    const std::string one =
        R"({"name": "one", "image": "a", "securityContext": {"privileged": true}})";
    const std::string two = R"({"name": "two", "image": "a"})";
    const auto pod = [](const std::string& containers) {
        return R"({"containers": [)" + containers + "]}";
    };
    for (const std::string& changed : {two + ", " + one, one}) {
        judged_request request(pod(changed));
        request.set_old(pod(one + ", " + two));
        EXPECT_THAT(rules_of(request.verdict(*policies)), ElementsAre("privileged")) << changed;
    }
}

struct subresource_case {
    std::string_view name;
    std::string_view kind;
    scope expected;
};

TEST(PodSecurityRequests, UnknownSubresourcesThatCarryAPodAreJudged) {
    const std::vector<subresource_case> cases = {
        {"ephemeralcontainers", "Pod", scope::pod},
        {"resize", "Pod", scope::pod},
        {"teleport", "Pod", scope::pod},
        {"teleport", "", scope::pod},
        {"status", "Pod", scope::let_through},
        {"binding", "Binding", scope::let_through},
        {"eviction", "Eviction", scope::let_through},
    };
    for (const auto& [name, kind, expected] : cases) {
        attributes about;
        about.operation = operation::update;
        about.resource = {"", "pods"};
        about.sub_resource = name;
        about.kind = kind;
        EXPECT_EQ(scope_of(about), expected) << name << " with " << kind;
    }
}

} // namespace
} // namespace gatehouse::policy
