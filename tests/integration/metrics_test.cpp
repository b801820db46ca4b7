// What the ops port tells: probes, counters, and no name that a user chose.

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/test_server.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>

#include <sstream>

namespace gatehouse::testing_support {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, CountReviewsByOperationResourceAndDecision) {
    test_server server;
    static_cast<void>(verdict_on(server.port(), review_of(good_pod())));
    static_cast<void>(verdict_on(server.port(), review_of(bad_pod())));
    static_cast<void>(verdict_on(server.port(), review_of(bad_pod())));
    static_cast<void>(
        verdict_on(server.port(), review_builder(bad_pod()).with("namespace", "kube-system").text())
    );
    static_cast<void>(
        verdict_on(server.port(), review_builder(bad_pod()).with("object", nullptr).text())
    );
    static_cast<void>(verdict_on(server.port(), review_of(deployment_of(bad_pod()))));

    const auto count = [&](const std::string& labels) {
        return metric(server.ops_port(), "gatehouse_admission_requests_total{" + labels + "}");
    };
    EXPECT_EQ(count(R"(operation="CREATE",resource="pods",decision="allow")"), 1);
    EXPECT_EQ(count(R"(operation="CREATE",resource="pods",decision="deny")"), 2);
    EXPECT_EQ(count(R"(operation="CREATE",resource="pods",decision="unmatched")"), 1);
    EXPECT_EQ(count(R"(operation="CREATE",resource="pods",decision="error")"), 1);
    EXPECT_EQ(count(R"(operation="CREATE",resource="deployments",decision="allow")"), 1);
    const auto violations = [&](const std::string& rule, const std::string& action) {
        return metric(
            server.ops_port(),
            "gatehouse_violations_total{policy=\"strict\",rule=\"" + rule + "\",action=\"" + action
                + "\"}"
        );
    };
    EXPECT_EQ(violations("image-registry", "Deny"), 2);
    EXPECT_EQ(violations("run-as-user", "Deny"), 2);
    EXPECT_EQ(violations("run-as-user", "Warn"), 1);
    EXPECT_EQ(metric(server.ops_port(), "gatehouse_request_body_bytes_count"), 6);
    EXPECT_EQ(metric(server.ops_port(), R"(gatehouse_policy_loads_total{result="success"})"), 1);
}

TEST(Metrics, CarryNoNameOfAUserAPodOrAnImage) {
    test_server server;
    json pod = bad_pod();
    pod["metadata"]["name"] = "tell-tale-pod";
    pod["spec"]["containers"][0] = {{"name", "tell-tale-container"}, {"image", "tell.tale/image"}};
    for (const char* resource : {"pods", "tell-tale-resources"}) {
        static_cast<void>(verdict_on(
            server.port(),
            review_builder(pod)
                .with("userInfo", {{"username", "tell-tale-user"}})
                .with("resource", {{"group", ""}, {"version", "v1"}, {"resource", resource}})
                .text()
        ));
    }
    const std::string text = get_ops(server.ops_port(), "/metrics").body;
    EXPECT_THAT(text, HasSubstr(R"(resource="other")"));
    EXPECT_THAT(text, Not(HasSubstr("tell")));
}

TEST(Metrics, AreWellFormed) {
    static_cast<void>(verdict_on(shared_server().port(), review_of(bad_pod())));
    const http_response answer = get_ops(shared_server().ops_port(), "/metrics");
    EXPECT_THAT(answer.field("content-type"), HasSubstr("text/plain"));
    std::istringstream lines(answer.body);
    std::string line;
    std::vector<std::string> typed;
    while (std::getline(lines, line)) {
        if (line.starts_with("# TYPE ")) {
            const std::string name = line.substr(7, line.find(' ', 7) - 7);
            EXPECT_THAT(typed, Not(testing::Contains(name))) << "told twice";
            typed.push_back(name);
        } else if (!line.starts_with("#")) {
            EXPECT_TRUE(std::ranges::any_of(typed, [&](const auto& name) {
                return line.starts_with(name);
            })) << line;
        }
    }
    for (const char* name :
         {"process_resident_memory_bytes",
          "gatehouse_connections",
          "gatehouse_inflight_bytes",
          "gatehouse_build_info"}) {
        EXPECT_THAT(typed, testing::Contains(name));
    }
}

TEST(Probes, AnswerWhileTheServerIsReady) {
    for (const char* path : {"/livez", "/readyz", "/readyz?verbose"}) {
        const http_response answer = get_ops(shared_server().ops_port(), path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_FALSE(answer.body.empty());
    }
    EXPECT_EQ(get_ops(shared_server().ops_port(), "/validate").status, 404);
}

} // namespace
} // namespace gatehouse::testing_support
