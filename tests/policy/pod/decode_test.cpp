#include "policy/pod/decode.h"

#include "tests/support/case_name.h"
#include "tests/support/full_pod.h"

#include <gmock/gmock.h>

#include <string>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;

/// A decoded pod with the memory it lives in.
struct decoding {
    explicit decoding(const std::string& json) {
        simdjson::dom::parser parser;
        got = decode_pod(parser.parse(simdjson::padded_string(json)), "object", memory);
    }
    arena memory;
    decoded_pod got;
};

const std::string container = R"("containers":[{"name":"app","image":"a"}])";

TEST(DecodePod, ReadsWhatRulesRead) {
    const decoding d(R"({"metadata":{"annotations":{"kubernetes.io/config.mirror":"m","other":1,
        "container.apparmor.security.beta.kubernetes.io/app":"unconfined"}},
        "spec":{"hostNetwork":true,"hostPID":false,"hostUsers":false,"os":{"name":"linux"},
        "serviceAccountName":"web","nodeName":"n1",
        "nodeSelector":{"kubernetes.io/os":"linux","kubernetes.io/arch":"arm64"},
        "securityContext":{"runAsUser":1,"fsGroup":2,"supplementalGroups":[3,4],
            "supplementalGroupsPolicy":"Strict","sysctls":[{"name":"a.b","value":"1"}],
            "seLinuxOptions":{"type":"t","level":"s0"},"seccompProfile":{"type":"RuntimeDefault"}},
        "volumes":[{"name":"v","image":{"reference":"r"}},{"name":"e","emptyDir":null},
            {"name":"h","hostPath":{}}],
        "containers":[{"name":"app","image":"a","securityContext":{"privileged":true,
            "capabilities":{"add":["X"],"drop":["ALL"]},"procMount":"Default",
            "windowsOptions":{"hostProcess":true,"runAsUserName":"u"}},
            "ports":[{"containerPort":1},{"containerPort":2,"hostPort":3},{"hostPort":0}],
            "livenessProbe":{"httpGet":{"host":"h","port":1}},"readinessProbe":{"tcpSocket":{"host":""}},
            "lifecycle":{"preStop":{"tcpSocket":{"host":"t"}}}}],
        "initContainers":[{"name":"i","image":"b"}],"ephemeralContainers":[{"name":"x","image":"c"}]}})"
    );
    ASSERT_NE(d.got.value, nullptr) << d.got.error.field << d.got.error.problem;
    const pod& p = *d.got.value;
    ASSERT_EQ(p.annotations.size(), 2U);
    EXPECT_EQ(p.annotations[0].value, "m");
    EXPECT_TRUE(p.host_network);
    EXPECT_FALSE(p.host_pid);
    EXPECT_EQ(p.host_users, false);
    EXPECT_EQ(p.os_name, "linux");
    EXPECT_EQ(p.service_account_name, "web");
    EXPECT_EQ(p.node_name, "n1");
    EXPECT_EQ(p.architecture, "arm64");
    EXPECT_EQ(p.security.run_as_user, 1);
    EXPECT_EQ(p.security.fs_group, 2);
    EXPECT_THAT(p.security.supplemental_groups, ElementsAre(3, 4));
    EXPECT_EQ(p.security.supplemental_groups_policy, "Strict");
    EXPECT_THAT(p.security.sysctls, ElementsAre("a.b"));
    EXPECT_EQ(p.security.se_linux->type, "t");
    EXPECT_EQ(p.security.seccomp->type, "RuntimeDefault");
    EXPECT_EQ(p.volumes[0].image_reference, "r");
    EXPECT_TRUE(p.volumes[1].sources.empty());
    EXPECT_THAT(p.volumes[2].sources, ElementsAre("hostPath"));
    const policy::container& c = p.containers[0];
    EXPECT_EQ(c.security.privileged, true);
    EXPECT_THAT(c.security.capabilities->add, ElementsAre("X"));
    EXPECT_THAT(c.security.capabilities->drop, ElementsAre("ALL"));
    EXPECT_EQ(c.security.proc_mount, "Default");
    EXPECT_EQ(c.security.windows->host_process, true);
    EXPECT_EQ(c.security.windows->run_as_user_name, "u");
    EXPECT_THAT(
        c.handler_hosts,
        ElementsAre(
            handler_host{"livenessProbe.httpGet", "h"},
            handler_host{"lifecycle.preStop.tcpSocket", "t"}
        )
    );
    EXPECT_EQ(p.init_containers[0].image, "b");
    EXPECT_EQ(p.ephemeral_containers[0].name, "x");
}

TEST(DecodePod, OwnsItsText) {
    arena memory;
    simdjson::dom::parser parser;
    const auto spec = [](const std::string& image) {
        return simdjson::padded_string(R"({"spec":{"containers":[{"image":")" + image + R"("}]}})");
    };
    const decoded_pod first = decode_pod(parser.parse(spec("good.example/app")), "object", memory);
    const decoded_pod second = decode_pod(parser.parse(spec("evil.example/bad")), "object", memory);
    EXPECT_EQ(first.value->containers[0].image, "good.example/app");
    EXPECT_EQ(second.value->containers[0].image, "evil.example/bad");
}

TEST(DecodePod, TakesTheDeprecatedServiceAccount) {
    EXPECT_EQ(
        decoding(R"({"spec":{"serviceAccount":"old",)" + container + "}}")
            .got.value->service_account_name,
        "old"
    );
}

TEST(DecodePod, ReadsTheArchitectureOfTheNodeSelectorOnly) {
    const auto with = [](const std::string& selector) {
        return decoding(R"({"spec":{"nodeSelector":)" + selector + "," + container + "}}");
    };
    EXPECT_EQ(with(R"({"disk":7})").got.value->architecture, "");
    EXPECT_EQ(with("null").got.value->architecture, "");
    EXPECT_EQ(with(R"({"kubernetes.io/arch":null})").got.value->architecture, "");
    const decoding number = with(R"({"kubernetes.io/arch":7})");
    EXPECT_EQ(number.got.value, nullptr);
    EXPECT_EQ(number.got.error.field, "object.spec.nodeSelector.kubernetes.io/arch");
    EXPECT_EQ(number.got.error.problem, "must be a string");
    EXPECT_EQ(with("[]").got.error.field, "object.spec.nodeSelector");
}

TEST(DecodePod, NullIsAbsent) {
    const decoding d(
        R"({"metadata":null,"spec":{"securityContext":null,"volumes":null,"hostUsers":null,
        "initContainers":null,"os":null,"containers":[{"name":null,"image":null,"securityContext":null,
        "ports":null,"livenessProbe":null,"lifecycle":null}]}})"
    );
    ASSERT_NE(d.got.value, nullptr);
    EXPECT_EQ(d.got.value->host_users, std::nullopt);
    EXPECT_EQ(d.got.value->containers[0].image, "");
    EXPECT_EQ(d.got.value->containers[0].security, container_security_context{});
}

struct error_case {
    std::string name;
    std::string json;
    std::string field;
    std::string problem;
    bool duplicate_key = false;
};

class DecodePodError : public testing::TestWithParam<error_case> {};

TEST_P(DecodePodError, NamesTheField) {
    const decoding d(GetParam().json);
    EXPECT_EQ(d.got.value, nullptr);
    EXPECT_EQ(d.got.error.field, GetParam().field);
    EXPECT_EQ(d.got.error.problem, GetParam().problem);
    EXPECT_EQ(d.got.error.duplicate_key, GetParam().duplicate_key);
}

std::string spec_with(const std::string& fields) {
    return R"({"spec":{)" + fields + "," + container + "}}";
}
std::string container_with(const std::string& fields) {
    return R"({"spec":{"containers":[{)" + fields + "}]}}";
}
std::string security_with(const std::string& fields) {
    return spec_with(R"("securityContext":{)" + fields + "}");
}

std::string many_containers() {
    std::string all = R"({"spec":{"containers":[{})";
    for (int i = 0; i < 1000; ++i) {
        all += ",{}";
    }
    return all + "]}}";
}

std::string many_annotations(int count) {
    std::string all;
    for (int i = 0; i < count; ++i) {
        all += std::string(i == 0 ? "" : ",") + "\"container.apparmor.security.beta.kubernetes.io/c"
               + std::to_string(i) + "\":\"x\"";
    }
    return R"({"metadata":{"annotations":{)" + all + "}},\"spec\":{" + container + "}}";
}

const std::string whole_number = "must be a whole number";
const std::string id_limits = "must be between 0 and 2147483647";
const std::string user = "object.spec.securityContext.runAsUser";

INSTANTIATE_TEST_SUITE_P(
    DecodePod,
    DecodePodError,
    testing::Values(
        error_case{"NotAnObject", "[]", "object", "must be an object"},
        error_case{"NoSpec", "{}", "object.spec", "must be an object"},
        error_case{"NullSpec", R"({"spec":null})", "object.spec", "must be an object"},
        error_case{"SpecIsText", R"({"spec":"x"})", "object.spec", "must be an object"},
        error_case{
            "NoContainers",
            R"({"spec":{}})",
            "object.spec.containers",
            "must have at least one container"},
        error_case{
            "EmptyContainers",
            R"({"spec":{"containers":[]}})",
            "object.spec.containers",
            "must have at least one container"},
        error_case{
            "ContainersIsAMapping",
            R"({"spec":{"containers":{}}})",
            "object.spec.containers",
            "must be a list"},
        error_case{
            "ContainerIsNull",
            R"({"spec":{"containers":[null]}})",
            "object.spec.containers[0]",
            "must be an object"},
        error_case{
            "ImageIsANumber",
            container_with(R"("image":17)"),
            "object.spec.containers[0].image",
            "must be a string"},
        error_case{"UserIsZeroPointZero", security_with(R"("runAsUser":0.0)"), user, whole_number},
        error_case{"UserIsAnExponent", security_with(R"("runAsUser":1e3)"), user, whole_number},
        error_case{"UserIsText", security_with(R"("runAsUser":"0")"), user, whole_number},
        error_case{"UserIsNegative", security_with(R"("runAsUser":-1)"), user, id_limits},
        error_case{"UserIsTooLarge", security_with(R"("runAsUser":2147483648)"), user, id_limits},
        error_case{
            "UserIsUnsigned64",
            security_with(R"("runAsUser":18446744073709551615)"),
            user,
            whole_number},
        error_case{
            "NonRootInWords",
            security_with(R"("runAsNonRoot":"true")"),
            "object.spec.securityContext.runAsNonRoot",
            "must be true or false"},
        error_case{
            "SecurityContextIsAList",
            spec_with(R"("securityContext":[])"),
            "object.spec.securityContext",
            "must be an object"},
        error_case{
            "GroupIsNull",
            security_with(R"("supplementalGroups":[1,null])"),
            "object.spec.securityContext.supplementalGroups[1]",
            whole_number},
        error_case{
            "SysctlIsText",
            security_with(R"("sysctls":["a"])"),
            "object.spec.securityContext.sysctls[0]",
            "must be an object"},
        error_case{
            "CapabilityIsNull",
            container_with(R"("securityContext":{"capabilities":{"add":[null]}})"),
            "object.spec.containers[0].securityContext.capabilities.add[0]",
            "must be a string"},
        error_case{
            "PortIsText",
            container_with(R"("ports":[{"hostPort":"80"}])"),
            "object.spec.containers[0].ports[0].hostPort",
            whole_number},
        error_case{
            "HostIsANumber",
            container_with(R"("livenessProbe":{"httpGet":{"host":1}})"),
            "object.spec.containers[0].livenessProbe.httpGet.host",
            "must be a string"},
        error_case{
            "VolumeIsText",
            spec_with(R"("volumes":["x"])"),
            "object.spec.volumes[0]",
            "must be an object"},
        error_case{
            "TooManyContainers",
            many_containers(),
            "object.spec.containers",
            "has more than 1000 items"},
        error_case{
            "TooManyAnnotations",
            many_annotations(1001),
            "object.metadata.annotations",
            "has more than 1000 security annotations"},
        error_case{
            "AnnotationIsANumber",
            R"({"metadata":{"annotations":{"seccomp.security.alpha.kubernetes.io/pod":1}},"spec":{)"
                + container + "}}",
            "object.metadata.annotations.seccomp.security.alpha.kubernetes.io/pod",
            "must be a string"},
        error_case{
            "PortIsNull",
            container_with(R"("ports":[null])"),
            "object.spec.containers[0].ports[0]",
            "must be an object"},
        error_case{
            "CapabilityIsANumber",
            container_with(R"("securityContext":{"capabilities":{"drop":["ALL",1]}})"),
            "object.spec.containers[0].securityContext.capabilities.drop[1]",
            "must be a string"},
        error_case{
            "FirstOfSeveral",
            R"({"spec":{"containers":[{"image":17},{"name":true}],"hostPID":"x"}})",
            "object.spec.containers[0].image",
            "must be a string"},
        error_case{
            "ImageTwice",
            container_with(R"("image":"a","image":"b")"),
            "object.spec.containers[0].image",
            "stands twice in its object",
            true},
        error_case{
            "UnknownFieldTwice",
            spec_with(R"("x":1,"x":1)"),
            "object.spec.x",
            "stands twice in its object",
            true},
        error_case{
            "AnnotationTwice",
            R"({"metadata":{"annotations":{"a":"","a":""}},"spec":{)" + container + "}}",
            "object.metadata.annotations.a",
            "stands twice in its object",
            true}
    ),
    testing_support::case_name()
);

TEST(DecodePod, TakesAThousandAnnotations) {
    const decoding d(many_annotations(1000));
    ASSERT_NE(d.got.value, nullptr);
    EXPECT_EQ(d.got.value->annotations.size(), 1000U);
}

TEST(DecodePod, FirstOfTwoRepeatedKeysIsTold) {
    const decoding d(
        R"({"spec":{"containers":[{"image":"a","image":"b"}],"hostPID":true,"hostPID":true}})"
    );
    EXPECT_EQ(d.got.value, nullptr);
    EXPECT_EQ(d.got.error.field, "object.spec.containers[0].image");
}

/// A field that nobody knows in every object; not where names of fields are kinds of volumes.
void strew(nlohmann::json& in, const std::string& key = "") {
    if (key == "annotations" || key == "volumes") {
        return;
    }
    if (in.is_object()) {
        for (auto& [name, value] : in.items()) {
            strew(value, name);
        }
        in["unknown"] = {{"deep", {1, nullptr, "x"}}};
    } else if (in.is_array()) {
        for (nlohmann::json& item : in) {
            strew(item);
        }
    }
}

TEST(DecodePod, ReadsPastWhatNoRuleReads) {
    nlohmann::json pod = testing_support::full_pod();
    const decoding plain(pod.dump());
    strew(pod);
    pod["spec"]["containers"][0]["lifecycle"] = {{"stopSignal", "SIGTERM"}};
    pod["spec"]["volumes"][0]["image"]["pullPolicy"] = "Always";
    const decoding strewn(pod.dump());
    ASSERT_NE(plain.got.value, nullptr);
    ASSERT_NE(strewn.got.value, nullptr) << strewn.got.error.field;
    EXPECT_EQ(*strewn.got.value, *plain.got.value);
}

TEST(DecodePod, FindsADuplicateAmongManyKeys) {
    std::string labels;
    for (int i = 0; i < 200; ++i) {
        labels += "\"k" + std::to_string(i) + "\":\"\",";
    }
    const std::string good =
        R"({"metadata":{"annotations":{)" + labels + R"("z":""}},"spec":{)" + container + "}}";
    EXPECT_NE(decoding(good).got.value, nullptr);
    const decoding bad(
        R"({"metadata":{"annotations":{)" + labels + R"("k7":""}},"spec":{)" + container + "}}"
    );
    EXPECT_EQ(bad.got.value, nullptr);
    EXPECT_EQ(bad.got.error.field, "object.metadata.annotations.k7");
}

} // namespace
} // namespace gatehouse::policy
