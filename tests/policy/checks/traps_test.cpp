// Where re-implementations of the standards are known to go wrong and the pod's JSON matters: absence,
// null and {} at every level, spellings of numbers, and pods that break several checks in several
// containers. The rest of the traps are cases of the checks' own tests.

#include "policy/checks/registry.h"
#include "policy/pod/decode.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

/// `RULE LINE` of everything found, or the decoder's complaint.
std::vector<std::string> judged(const std::string& text, security_level level) {
    simdjson::dom::parser parser;
    arena memory;
    const auto json = parser.parse(text);
    EXPECT_EQ(json.error(), simdjson::SUCCESS) << text;
    const decoded_pod decoded = decode_pod(json.value_unsafe(), "object", memory);
    if (decoded.value == nullptr) {
        return {decoded.error.field + ": " + decoded.error.problem};
    }
    std::vector<std::string> lines;
    for (const finding& found : evaluate(level, {}, *decoded.value)) {
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
