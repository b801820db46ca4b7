// The user that an image brings along, through the real binary: what the server asks a registry for and when,
// and what it answers to pods that leave the user open.

#include "tests/integration/api_server.h"
#include "tests/integration/image_judge.h"
#include "tests/support/layered_image.h"
#include "tests/support/review_builder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string passwd = "etc/passwd=root:x:0:0::/root:/bin/sh\napp:x:1001:1002::/:/bin/sh\n";
const std::string group = "etc/group=root:x:0:\nstaff:x:50:app\n";
const std::vector<std::vector<std::string>> usual_layers{
    {"etc/", passwd, group},
    {"app/", "app/run=x"}};

std::string policy_of(const std::string& run_as) {
    return "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {name: users}\n"
           "spec:\n  runAs:\n    imageUser: Resolve\n"
           + run_as;
}

const std::string non_root = policy_of("    runAsUser: {rule: MustRunAsNonRoot}\n");
const std::string ranges =
    policy_of("    runAsUser: {rule: MustRunAs, ranges: [{min: 1000, max: 1999}]}\n"
              "    runAsGroup: {rule: MayRunAs, ranges: [{min: 1000, max: 1999}]}\n"
              "    supplementalGroups: {rule: MayRunAs, ranges: [{min: 1000, max: 1999}]}\n");

json pod_of(const std::string& image, const json& security = json::object()) {
    json pod = good_pod();
    pod["spec"]["securityContext"] = security;
    pod["spec"]["containers"] = json::array({{{"name", "app"}, {"image", image}}});
    return pod;
}

class ImageUser : public testing::Test {
  protected:
    std::string add(const layered_image& image) {
        return registry.host() + "/team/app@" + add_image(registry, "team/app", image);
    }
    image_judge judge(const std::string& policy, const std::string& more = "") {
        return image_judge(policy, configuration_of({plain_registry(registry.host())}, more));
    }
    static std::string denial(image_judge& by, const json& pod) {
        return verdict_on(by.server().port(), review_of(pod))
            .value("/status/message"_json_pointer, json(""))
            .get<std::string>();
    }
    std::size_t asked_for(const std::string& kind) {
        const auto log = registry.log();
        return static_cast<std::size_t>(std::ranges::count_if(log, [&](const std::string& line) {
            return line.find("/" + kind + "/") != std::string::npos;
        }));
    }

    oci_registry registry;
};

TEST_F(ImageUser, IsReadFromConfigAndLayersWhereThePodLeavesItOpen) {
    const std::string named = add({.user = "app", .layers = usual_layers});
    const std::string root = add({.user = "", .layers = usual_layers});
    image_judge by = judge(ranges);
    EXPECT_EQ(
        denial(by, pod_of(root)),
        "Pod prod/web breaks 2 rules:\n"
        "- container \"app\" must not run as root: runAsNonRoot and runAsUser are not set and the "
        "image sets no USER; set securityContext.runAsNonRoot: true and runAsUser in 1000-1999 "
        "[users/run-as-user]\n"
        "- container \"app\" must run with a group in 1000-1999: runAsGroup is not set and the "
        "image's user root has group 0 in its /etc/passwd; set the container's "
        "securityContext.runAsGroup in 1000-1999 "
        "[users/run-as-group]"
    );
    EXPECT_THAT(denial(by, pod_of(named)), HasSubstr("[users/supplemental-groups]"));
    EXPECT_EQ(denial(by, pod_of(named, {{"supplementalGroupsPolicy", "Strict"}})), "");
}

TEST_F(ImageUser, CostsNothingWhereThePodSetsTheUser) {
    const std::string image = add({.user = "root", .layers = usual_layers});
    image_judge by = judge(ranges);
    EXPECT_EQ(denial(by, pod_of(image, {{"runAsUser", 1500}, {"runAsGroup", 1500}})), "");
    EXPECT_THAT(registry.log(), IsEmpty());
}

TEST_F(ImageUser, NeedsNoLayerForANumber) {
    const std::string image = add({.user = "1001:50", .layers = usual_layers});
    image_judge by = judge(non_root);
    EXPECT_EQ(denial(by, pod_of(image)), "");
    EXPECT_EQ(asked_for("blobs"), 1U);
}

TEST_F(ImageUser, IsAskedForOnce) {
    const std::string image = add({.user = "app", .layers = usual_layers});
    image_judge by = judge(non_root);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(denial(by, pod_of(image)), "");
    }
    EXPECT_EQ(asked_for("manifests"), 2U);
    EXPECT_EQ(asked_for("blobs"), 3U);
    EXPECT_EQ(by.metric(R"(gatehouse_image_cache_hits_total{kind="accounts"})"), 2);
    EXPECT_EQ(by.metric(R"(gatehouse_image_cache_misses_total{kind="platforms"})"), 1);
}

TEST_F(ImageUser, OfATagIsThatOfItsDigest) {
    registry.tag(
        "team/app", "1.0", add_image(registry, "team/app", {.user = "0", .layers = usual_layers})
    );
    image_judge by = judge(non_root);
    EXPECT_THAT(
        denial(by, pod_of(registry.host() + "/team/app:1.0")), HasSubstr("[users/run-as-user]")
    );
}

TEST_F(ImageUser, IsJudgedOnEveryPlatformThatThePodMayRunOn) {
    const std::string image =
        registry.host() + "/team/app@"
        + add_index(
            registry,
            "team/app",
            {{.user = "1001", .layers = usual_layers},
             {.user = "root", .layers = usual_layers, .architecture = "arm64"},
             {.user = "x", .layers = {}, .os = "windows"}}
        );
    image_judge by = judge(non_root);
    EXPECT_THAT(denial(by, pod_of(image)), HasSubstr("arm64"));
    json bound = pod_of(image);
    bound["spec"]["nodeSelector"] = {{"kubernetes.io/arch", "amd64"}};
    EXPECT_EQ(denial(by, bound), "");
}

TEST_F(ImageUser, TellsTheKubeletsRefusalAtAdmission) {
    const json promised = {{"runAsNonRoot", true}};
    const std::string image = add({.user = "app", .layers = usual_layers});
    image_judge by = judge(non_root);
    EXPECT_EQ(
        denial(by, pod_of(image, promised)),
        "Pod prod/web: container \"app\" would not be started by the kubelet: container has "
        "runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root; set "
        "securityContext.runAsUser to the uid of \"app\", or USER to that number in the Dockerfile "
        "[users/image-user]"
    );
    EXPECT_EQ(denial(by, pod_of(add({.user = "1001", .layers = {}}), promised)), "");
}

TEST_F(ImageUser, ThatCannotBeResolvedIsDenied) {
    const std::string nobody = add({.user = "nobody", .layers = usual_layers});
    const std::string folder = add({.user = "app", .layers = {{"etc/", "etc/passwd/"}}});
    image_judge by = judge(non_root);
    EXPECT_THAT(denial(by, pod_of(nobody)), HasSubstr("has no user \"nobody\""));
    EXPECT_THAT(
        denial(by, pod_of(folder)),
        HasSubstr("could not be resolved: team/app: /etc/passwd is a directory in layer 1 of 1")
    );
    EXPECT_THAT(
        denial(by, pod_of(registry.host() + "/team/app@sha256:" + std::string(64, 'a'))),
        HasSubstr("could not be resolved: ")
    );
}

TEST_F(ImageUser, IsBoundedByTheLimitsOfTheConfiguration) {
    const std::string image = add(
        {.user = "app", .layers = {{"etc/", passwd, group}, {"big=" + std::string(3'000'000, 'x')}}}
    );
    image_judge by = judge(non_root, "limits: {layerBytes: 1Mi, imageBytes: 2Mi}\n");
    EXPECT_THAT(
        denial(by, pod_of(image)), HasSubstr("could not be resolved: team/app: layer 2 of 2")
    );
}

TEST_F(ImageUser, OutlivesItsRegistry) {
    const std::string image = add({.user = "app", .layers = usual_layers});
    auto mortal = std::make_unique<oci_registry>();
    const std::string there =
        mortal->host() + "/team/app@"
        + add_image(*mortal, "team/app", {.user = "app", .layers = usual_layers});
    image_judge by(
        policy_of("    runAsUser: {rule: MustRunAsNonRoot}\n") + "  onRegistryUnavailable: Warn\n",
        configuration_of({plain_registry(registry.host()), plain_registry(mortal->host())})
    );
    EXPECT_EQ(denial(by, pod_of(there)), "");
    const std::string other = mortal->host() + "/team/other@sha256:" + std::string(64, 'b');
    mortal.reset();
    EXPECT_EQ(denial(by, pod_of(there)), "");
    const json answer = verdict_on(by.server().port(), review_of(pod_of(other)));
    EXPECT_EQ(answer.at("allowed"), true);
    EXPECT_THAT(answer.at("warnings").dump(), HasSubstr("could not be resolved"));
    EXPECT_THAT(answer.at("auditAnnotations").dump(), HasSubstr("unverified"));
}

} // namespace
} // namespace gatehouse::testing_support
