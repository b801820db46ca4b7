#include "policy/pod/defaults.h"

#include "policy/pod/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <class T>
std::vector<T> all_of(const list<T>& items) {
    return {items.begin(), items.end()};
}

class ServerDefaults : public testing::Test {
  protected:
    const pod& defaulted(std::string_view spec, defaulted_as what = defaulted_as::pod) {
        const std::string text = R"({"spec": )" + std::string(spec) + "}";
        const simdjson::dom::element object = parser_.parse(simdjson::padded_string(text));
        const decoded_pod decoded = decode_pod(object, "", memory_);
        EXPECT_NE(decoded.value, nullptr) << decoded.error.field << ": " << decoded.error.problem;
        return with_server_defaults(*decoded.value, object, what, memory_);
    }

  private:
    simdjson::dom::parser parser_;
    arena memory_;
};

TEST_F(ServerDefaults, GiveEveryPortOnTheHostNetworkAHostPort) {
    const pod& subject = defaulted(R"({"hostNetwork": true,
        "containers": [{"name": "a", "ports": [{"containerPort": 80},
            {"containerPort": 443, "hostPort": 8443}, {"containerPort": 90, "hostPort": 0}]},
            {"name": "b"}],
        "initContainers": [{"name": "i", "ports": [{"name": "x"}, {"containerPort": 53}]}]})");
    EXPECT_THAT(
        all_of(subject.containers[0].host_ports),
        ElementsAre(host_port{0, 80}, host_port{1, 8443}, host_port{2, 90})
    );
    EXPECT_THAT(all_of(subject.containers[1].host_ports), IsEmpty());
    EXPECT_THAT(all_of(subject.init_containers[0].host_ports), ElementsAre(host_port{1, 53}));
    EXPECT_EQ(subject.containers[1].name, "b");
}

TEST_F(ServerDefaults, LeavePortsOffTheHostNetworkAlone) {
    const pod& subject = defaulted(R"({"containers": [{"name": "a", "ports": [
        {"containerPort": 80}, {"containerPort": 443, "hostPort": 8443}]}]})");
    EXPECT_THAT(all_of(subject.containers[0].host_ports), ElementsAre(host_port{1, 8443}));
}

TEST_F(ServerDefaults, LeavePortsOfTemplatesAlone) {
    const pod& subject = defaulted(
        R"({"hostNetwork": true, "volumes": [{"name": "v"}],
            "containers": [{"name": "a", "ports": [{"containerPort": 80}]}]})",
        defaulted_as::pod_template
    );
    EXPECT_THAT(all_of(subject.containers[0].host_ports), IsEmpty());
    EXPECT_THAT(all_of(subject.volumes[0].sources), ElementsAre("emptyDir"));
}

TEST_F(ServerDefaults, MakeAVolumeWithoutSourceAnEmptyDir) {
    const pod& subject = defaulted(R"({"containers": [{"name": "a"}], "volumes": [
        {"name": "bare"}, {"name": "nothing", "emptyDir": null}, {"name": "host", "hostPath": {}}]})"
    );
    EXPECT_THAT(all_of(subject.volumes[0].sources), ElementsAre("emptyDir"));
    EXPECT_THAT(all_of(subject.volumes[1].sources), ElementsAre("emptyDir"));
    EXPECT_THAT(all_of(subject.volumes[2].sources), ElementsAre("hostPath"));
}

TEST_F(ServerDefaults, ChangeNothingElse) {
    const std::string_view spec = R"({"containers": [{"name": "a", "image": "x",
        "securityContext": {"runAsUser": 1}}], "serviceAccount": "robot"})";
    const std::string text = R"({"spec": )" + std::string(spec) + "}";
    simdjson::dom::parser parser;
    const simdjson::dom::element object = parser.parse(simdjson::padded_string(text));
    arena memory;
    const pod& decoded = *decode_pod(object, "", memory).value;
    EXPECT_EQ(with_server_defaults(decoded, object, defaulted_as::pod, memory), decoded);
    EXPECT_EQ(decoded.service_account_name, "robot");
}

} // namespace
} // namespace gatehouse::policy
