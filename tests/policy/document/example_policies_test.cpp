// The policies of deploy/policies are read and used by people who trust them: each is valid without
// a warning, and each does what its comments say.
#include "policy/document/parse.h"
#include "tests/support/case_name.h"
#include "tests/support/judging.h"
#include "tests/support/policy_text.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;
using testing_support::judged_request;
using testing_support::texts;

std::vector<std::string> example_names() {
    std::vector<std::string> out;
    for (const auto& entry :
         std::filesystem::directory_iterator(GATEHOUSE_SOURCE "/deploy/policies")) {
        out.push_back(entry.path().stem().string());
    }
    std::ranges::sort(out);
    return out;
}

std::string example(const std::string& name) {
    return testing_support::text_of(GATEHOUSE_SOURCE "/deploy/policies/" + name + ".yaml");
}

class ExamplePolicy : public testing::TestWithParam<std::string> {};

TEST_P(ExamplePolicy, IsValidWithoutAWarning) {
    const parsed_policies read = testing_support::parsed(example(GetParam()));
    EXPECT_THAT(texts(read.errors), IsEmpty());
    EXPECT_THAT(texts(read.warnings), IsEmpty());
    EXPECT_THAT(read.policies, testing::Not(IsEmpty()));
}

TEST_P(ExamplePolicy, BeginsByTellingWhatItIsFor) {
    EXPECT_THAT(example(GetParam()), testing::StartsWith("# "));
}

INSTANTIATE_TEST_SUITE_P(
    Policies,
    ExamplePolicy,
    testing::ValuesIn(example_names()),
    [](const auto& tested) {
        std::string out = tested.param;
        std::erase(out, '-');
        return out;
    }
);

TEST(ExamplePolicies, CanBeServedTogether) {
    std::vector<policy_source> sources;
    for (const std::string& name : example_names()) {
        sources.push_back({name, example(name)});
    }
    EXPECT_THAT(texts(parse_policies(sources).errors), IsEmpty());
}

/// A container of a pod that every check of the Pod Security Standards lets pass.
std::string container(std::string_view name, std::string_view image, std::string_view more) {
    return fmt::format(
        R"({{"name":"{}","image":"{}","securityContext":{{"allowPrivilegeEscalation":false,)"
        R"("capabilities":{{"drop":["ALL"]}},"runAsNonRoot":true,)"
        R"("seccompProfile":{{"type":"RuntimeDefault"}}{}}}}})",
        name,
        image,
        more
    );
}

std::string pod_of(const std::string& containers, std::string_view more = "") {
    return fmt::format(R"({{"containers":[{}]{}}})", containers, more);
}

const std::string bare = R"({"containers":[{"name":"app","image":"nginx"}]})";
const std::string digest = "@sha256:" + std::string(64, 'a');

struct example_case {
    std::string name;
    std::string file;
    std::string namespace_name;
    std::string pod;
    std::vector<std::string> broken; ///< "Deny policy/rule"
};

class ExamplePolicyDecision : public testing::TestWithParam<example_case> {};

TEST_P(ExamplePolicyDecision, IsWhatTheCommentsSay) {
    const auto policies = testing_support::policies_of(example(GetParam().file));
    judged_request request(GetParam().pod);
    request->about.namespace_name = GetParam().namespace_name;
    std::set<std::string> broken;
    for (const violation& one : request.verdict(*policies).violations) {
        for (const std::string_view policy : one.policies) {
            broken.insert(fmt::format("{} {}/{}", name_of(one.action), policy, id_of(one.rule)));
        }
    }
    EXPECT_THAT(broken, ElementsAreArray(GetParam().broken));
}

INSTANTIATE_TEST_SUITE_P(
    Registries,
    ExamplePolicyDecision,
    testing::Values(
        example_case{
            "Platform",
            "registries",
            "shop",
            pod_of(container("app", "registry.example.com/platform/a/b:1", "")),
            {}},
        example_case{
            "OwnTeam",
            "registries",
            "shop",
            pod_of(container("app", "registry.example.com/shop/cart:1", "")),
            {}},
        example_case{
            "OfficialImage",
            "registries",
            "shop",
            pod_of(container("app", "mirror.example.com/docker.io/library/redis:8", "")),
            {}},
        example_case{
            "OtherTeam",
            "registries",
            "shop",
            pod_of(container("app", "registry.example.com/pay/cart:1", "")),
            {"Deny registries/image-registry"}},
        example_case{
            "NobodysImage",
            "registries",
            "shop",
            pod_of(container("app", "mirror.example.com/docker.io/library/a/b:1", "")),
            {"Deny registries/image-registry"}},
        example_case{
            "Attic",
            "registries",
            "shop",
            pod_of(container("app", "registry.example.com/shop/attic/cart:1", "")),
            {"Deny registries/image-registry"}},
        example_case{
            "Debug",
            "registries",
            "shop",
            pod_of(container("app", "registry.example.com/platform/debug-shell:1", "")),
            {"Deny registries/image-registry"}},
        example_case{"Cluster", "registries", "kube-system", bare, {}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Ids,
    ExamplePolicyDecision,
    testing::Values(
        example_case{
            "InTheRanges",
            "user-ids",
            "payments-eu",
            pod_of(
                container("app", "a", R"(,"runAsUser":65532,"runAsGroup":20000)"),
                R"(,"securityContext":{"supplementalGroupsPolicy":"Strict"})"
            ),
            {}},
        example_case{
            "Bare",
            "user-ids",
            "payments",
            bare,
            {"Deny user-ids-of-payments/run-as-group",
             "Deny user-ids-of-payments/run-as-user",
             "Deny user-ids-of-payments/supplemental-groups-policy"}},
        example_case{
            "GroupsOfOthers",
            "user-ids",
            "payments",
            pod_of(
                container("app", "a", R"(,"runAsUser":20000,"runAsGroup":20000)"),
                R"(,"securityContext":{"supplementalGroupsPolicy":"Strict","fsGroup":1,)"
                R"("supplementalGroups":[20001,30000]})"
            ),
            {"Deny user-ids-of-payments/fs-group",
             "Deny user-ids-of-payments/supplemental-groups"}},
        example_case{"OtherTeam", "user-ids", "shop", bare, {}},
        example_case{
            "ImagesThatCannotBeHad",
            "image-users",
            "shop",
            bare,
            {"Deny image-users/run-as-group",
             "Deny image-users/run-as-user",
             "Deny image-users/supplemental-groups"}},
        example_case{
            "ImagesThatAreNotAsked",
            "image-users",
            "shop",
            pod_of(container("app", "a", R"(,"runAsUser":65532,"runAsGroup":20000)"), ""),
            {}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Digests,
    ExamplePolicyDecision,
    testing::Values(
        example_case{
            "Production",
            "digests",
            "prod-eu",
            pod_of(container("app", "a:1.0", "")),
            {"Deny digests-in-production/image-digest"}},
        example_case{
            "ProductionByDigest",
            "digests",
            "prod",
            pod_of(container("app", "a" + digest, "")),
            {}},
        example_case{"Tag", "digests", "test", pod_of(container("app", "a:1.0", "")), {}},
        example_case{"NoTag", "digests", "test", bare, {"Deny no-moving-tags/image-tag"}},
        example_case{
            "Snapshot",
            "digests",
            "test",
            pod_of(container("app", "a:1.0-snapshot", "")),
            {"Deny no-moving-tags/image-tag"}}
    ),
    testing_support::case_name()
);

const std::string windows_image = "mcr.microsoft.com/windows/nanoserver:ltsc2025";

INSTANTIATE_TEST_SUITE_P(
    Windows,
    ExamplePolicyDecision,
    testing::Values(
        example_case{
            "User",
            "windows",
            "win-web",
            fmt::format(
                R"({{"os":{{"name":"windows"}},"securityContext":{{"runAsNonRoot":true}},)"
                R"("containers":[{{"name":"app","image":"{}"}}]}})",
                windows_image
            ),
            {}},
        example_case{
            "Administrator",
            "windows",
            "win-web",
            fmt::format(
                R"({{"os":{{"name":"windows"}},"securityContext":{{"runAsNonRoot":true,)"
                R"("windowsOptions":{{"runAsUserName":"ContainerAdministrator"}}}},)"
                R"("containers":[{{"name":"app","image":"{}"}}]}})",
                windows_image
            ),
            {"Deny windows/run-as-user"}},
        example_case{
            "HostProcess",
            "windows",
            "win-web",
            fmt::format(
                R"({{"os":{{"name":"windows"}},"securityContext":{{"runAsNonRoot":true,)"
                R"("windowsOptions":{{"hostProcess":true}}}},)"
                R"("containers":[{{"name":"app","image":"{}"}}]}})",
                windows_image
            ),
            {"Deny windows/windowsHostProcess"}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    PodSecurity,
    ExamplePolicyDecision,
    testing::Values(
        example_case{
            "MigrationGoodPod",
            "migration",
            "shop",
            pod_of(container("app", "a", "")),
            {}},
        example_case{
            "MigrationBarePodIsWarnedOf",
            "migration",
            "shop",
            bare,
            {"Audit restricted-soon/allowPrivilegeEscalation",
             "Audit restricted-soon/capabilities_restricted",
             "Audit restricted-soon/runAsNonRoot",
             "Audit restricted-soon/seccompProfile_restricted",
             "Warn restricted-soon/allowPrivilegeEscalation",
             "Warn restricted-soon/capabilities_restricted",
             "Warn restricted-soon/runAsNonRoot",
             "Warn restricted-soon/seccompProfile_restricted"}},
        example_case{
            "MigrationHostNetworkIsDenied",
            "migration",
            "shop",
            pod_of(container("app", "a", ""), R"(,"hostNetwork":true)"),
            {"Audit restricted-soon/hostNamespaces",
             "Deny baseline/hostNamespaces",
             "Warn restricted-soon/hostNamespaces"}},
        example_case{
            "RestrictedBarePod",
            "restricted",
            "shop",
            bare,
            {"Deny restricted/allowPrivilegeEscalation",
             "Deny restricted/capabilities_restricted",
             "Deny restricted/runAsNonRoot",
             "Deny restricted/seccompProfile_restricted"}},
        example_case{
            "PlatformHostPort",
            "restricted",
            "platform-logs",
            R"({"containers":[{"name":"app","image":"a","ports":[{"containerPort":80,)"
            R"("hostPort":80}]}]})",
            {}},
        example_case{
            "PlatformHostNetwork",
            "restricted",
            "platform-logs",
            R"({"hostNetwork":true,"containers":[{"name":"app","image":"a"}]})",
            {"Deny baseline-with-host-ports/hostNamespaces"}}
    ),
    testing_support::case_name()
);

const std::string app =
    container("app", "registry.example.com/apps/shop:1", R"(,"runAsUser":10001)");
const std::string proxy = container("proxy", "mesh.example.com/proxy:1.30", R"(,"runAsUser":1337)");
const std::string other_proxy =
    container("proxy", "mesh.example.com/other:1.30", R"(,"runAsUser":1337)");

INSTANTIATE_TEST_SUITE_P(
    Exemptions,
    ExamplePolicyDecision,
    testing::Values(
        example_case{"Sidecar", "mesh-sidecar", "web", pod_of(app + "," + proxy), {}},
        example_case{
            "OtherImage",
            "mesh-sidecar",
            "web",
            pod_of(app + "," + other_proxy),
            {"Deny applications/image-registry", "Deny applications/run-as-user"}},
        example_case{
            "OtherNamespace",
            "mesh-sidecar",
            "shop",
            pod_of(app + "," + proxy),
            {"Deny applications/image-registry", "Deny applications/run-as-user"}}
    ),
    testing_support::case_name()
);

const std::string strict = R"(,"securityContext":{"supplementalGroupsPolicy":"Strict"})";

INSTANTIATE_TEST_SUITE_P(
    Production,
    ExamplePolicyDecision,
    testing::Values(
        example_case{
            "Good",
            "production",
            "prod-web",
            pod_of(
                container("app", "registry.example.com/prod-web/a:1", R"(,"runAsUser":10000)"),
                strict
            ),
            {}},
        example_case{
            "ImagesAreCountedAsWell",
            "production",
            "prod-web",
            pod_of(
                container("app", "registry.example.com/prod-web/a", R"(,"runAsUser":10000)"),
                strict
            ),
            {"Audit production/image-tag", "Deny production/image-tag"}},
        example_case{"Sandbox", "production", "prod-sandbox", bare, {}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
