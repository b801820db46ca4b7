#include "server/metrics.h"

#include "server/exposition.h"
#include "server/metrics_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using policy::action;
using policy::rule_id;
using testing::HasSubstr;
using testing::Not;

policy::policy_document document(const std::string& name, const std::string& hash = "00") {
    policy::policy_document one;
    one.name = name;
    one.hash = hash;
    return one;
}

policy::policy_set two_policies() {
    std::vector<policy::policy_document> documents;
    documents.push_back(document("production", "ab12"));
    documents.push_back(document("base", "cd34"));
    policy::exemption mesh;
    mesh.name = "mesh-sidecar";
    mesh.until = std::chrono::year{2027} / 1 / 31;
    policy::exemption forever;
    forever.name = "forever";
    documents.front().exemptions = {mesh, forever};
    return policy::policy_set(std::move(documents));
}

review_outcome denied_pod() {
    review_outcome what;
    what.operation = "CREATE";
    what.resource = "pods";
    what.decision = "deny";
    what.violations = {
        {"production", rule_id::run_as_user, action::deny},
        {"base", rule_id::run_as_user, action::audit},
        {"gone", rule_id::run_as_user, action::deny}};
    what.exemptions = {{"production", "mesh-sidecar", rule_id::image_registry}};
    return what;
}

/// The value of one series; empty where it is not exposed.
std::string value_of(const std::string& text, const std::string& series) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(series + " ")) {
            return line.substr(series.size() + 1);
        }
    }
    return "";
}

TEST(Metrics, CountReviewsByOperationResourceAndDecision) {
    metrics counted("0.1.0");
    review_outcome what = denied_pod();
    counted.count_review(what, 1ms, 100);
    counted.count_review(what, 1ms, 100);
    what.resource = "pods/ephemeralcontainers";
    what.operation = "UPDATE";
    what.decision = "unmatched";
    counted.count_review(what, 1ms, 100);
    const std::string text = counted.text({});
    const std::string name = "gatehouse_admission_requests_total";
    EXPECT_EQ(
        value_of(text, name + R"({operation="CREATE",resource="pods",decision="deny"})"), "2"
    );
    EXPECT_EQ(
        value_of(
            text,
            name
                + R"({operation="UPDATE",resource="pods/ephemeralcontainers",decision="unmatched"})"
        ),
        "1"
    );
}

TEST(Metrics, KeepUnknownLabelsBounded) {
    metrics counted("0.1.0");
    review_outcome what;
    what.operation = "PATCH";
    what.resource = "widgets";
    what.decision = "";
    counted.count_review(what, 1ms, 0);
    EXPECT_EQ(
        value_of(
            counted.text({}),
            R"(gatehouse_admission_requests_total{operation="other",resource="other",decision="error"})"
        ),
        "1"
    );
}

TEST(Metrics, CountViolationsOfLoadedPoliciesOnly) {
    metrics counted("0.1.0");
    counted.use_policies(two_policies(), {});
    counted.count_review(denied_pod(), 1ms, 0);
    counted.count_review(denied_pod(), 1ms, 0);
    const std::string text = counted.text({});
    const std::string name = "gatehouse_violations_total";
    EXPECT_EQ(
        value_of(text, name + R"({policy="production",rule="run-as-user",action="Deny"})"), "2"
    );
    EXPECT_EQ(value_of(text, name + R"({policy="base",rule="run-as-user",action="Audit"})"), "2");
    EXPECT_THAT(text, Not(HasSubstr("gone")));
    EXPECT_EQ(
        value_of(
            text,
            R"(gatehouse_exempted_violations_total{policy="production",exemption="mesh-sidecar"})"
        ),
        "2"
    );
}

TEST(Metrics, KeepCountsOverAReloadAndForgetPoliciesThatWent) {
    metrics counted("0.1.0");
    counted.use_policies(two_policies(), {});
    counted.count_review(denied_pod(), 1ms, 0);
    counted.use_policies(two_policies(), {});
    const std::string production =
        R"(gatehouse_violations_total{policy="production",rule="run-as-user",action="Deny"})";
    const std::string exempted =
        R"(gatehouse_exempted_violations_total{policy="production",exemption="mesh-sidecar"})";
    EXPECT_EQ(value_of(counted.text({}), production), "1");
    EXPECT_EQ(value_of(counted.text({}), exempted), "1");
    std::vector<policy::policy_document> rest;
    rest.push_back(document("base", "ef56"));
    counted.use_policies(policy::policy_set(std::move(rest)), {});
    const std::string text = counted.text({});
    EXPECT_THAT(text, Not(HasSubstr("production")));
    EXPECT_EQ(value_of(text, R"(gatehouse_policy_info{policy="base",hash="ef56"})"), "1");
    EXPECT_THAT(text, Not(HasSubstr("cd34")));
}

TEST(Metrics, TellWhenExemptionsEnd) {
    metrics counted("0.1.0");
    counted.use_policies(two_policies(), {});
    const std::string text = counted.text({});
    // The last day is the 31st, so it ends with the first moment of 2027-02-01.
    EXPECT_EQ(
        value_of(
            text,
            R"(gatehouse_exemption_expiry_timestamp_seconds{policy="production",exemption="mesh-sidecar"})"
        ),
        "1801440000"
    );
    EXPECT_THAT(
        text, Not(HasSubstr(R"(expiry_timestamp_seconds{policy="production",exemption="forever"})"))
    );
}

TEST(Metrics, CountLoads) {
    metrics counted("0.1.0");
    counted.count_policy_load(load_result::success);
    counted.count_policy_load(load_result::error);
    counted.count_policy_load(load_result::error);
    counted.count_certificate_load(load_result::success);
    counted.use_policies(two_policies(), std::chrono::sys_seconds(1785585600s));
    counted.use_certificate(std::chrono::sys_seconds(1785672000s));
    const std::string text = counted.text({});
    EXPECT_EQ(value_of(text, R"(gatehouse_policy_loads_total{result="success"})"), "1");
    EXPECT_EQ(value_of(text, R"(gatehouse_policy_loads_total{result="error"})"), "2");
    EXPECT_EQ(value_of(text, R"(gatehouse_certificate_loads_total{result="success"})"), "1");
    EXPECT_EQ(value_of(text, R"(gatehouse_certificate_loads_total{result="error"})"), "0");
    EXPECT_EQ(value_of(text, "gatehouse_policy_last_load_successful"), "0");
    EXPECT_EQ(value_of(text, "gatehouse_certificate_last_load_successful"), "1");
    EXPECT_EQ(value_of(text, "gatehouse_policy_last_load_timestamp_seconds"), "1785585600");
    EXPECT_EQ(
        value_of(text, "gatehouse_serving_certificate_expiry_timestamp_seconds"), "1785672000"
    );
    EXPECT_EQ(value_of(text, R"(gatehouse_policy_info{policy="production",hash="ab12"})"), "1");
}

// An alert on the counter would end by itself, though the error is still in the file.
TEST(Metrics, TellWhetherTheLastLoadCameOff) {
    metrics counted("0.1.0");
    counted.count_policy_load(load_result::error);
    counted.count_certificate_load(load_result::error);
    EXPECT_EQ(value_of(counted.text({}), "gatehouse_policy_last_load_successful"), "0");
    EXPECT_EQ(value_of(counted.text({}), "gatehouse_certificate_last_load_successful"), "0");
    counted.count_policy_load(load_result::success);
    counted.count_certificate_load(load_result::success);
    EXPECT_EQ(value_of(counted.text({}), "gatehouse_policy_last_load_successful"), "1");
    EXPECT_EQ(value_of(counted.text({}), "gatehouse_certificate_last_load_successful"), "1");
}

TEST(Metrics, PutDurationsIntoBuckets) {
    metrics counted("0.1.0");
    counted.count_review(denied_pod(), 250us, 0);
    counted.count_review(denied_pod(), 251us, 0);
    counted.count_review(denied_pod(), 11s, 0);
    const std::string text = counted.text({});
    const std::string name = "gatehouse_admission_duration_seconds";
    EXPECT_EQ(value_of(text, name + R"(_bucket{decision="deny",le="0.00025"})"), "1");
    EXPECT_EQ(value_of(text, name + R"(_bucket{decision="deny",le="0.0005"})"), "2");
    EXPECT_EQ(value_of(text, name + R"(_bucket{decision="deny",le="10"})"), "2");
    EXPECT_EQ(value_of(text, name + R"(_bucket{decision="deny",le="+Inf"})"), "3");
    EXPECT_EQ(value_of(text, name + R"(_count{decision="deny"})"), "3");
    EXPECT_EQ(value_of(text, name + R"(_sum{decision="deny"})"), "11.000501");
    EXPECT_EQ(value_of(text, name + R"(_count{decision="allow"})"), "0");
}

TEST(Metrics, PutBodySizesIntoBuckets) {
    metrics counted("0.1.0");
    counted.count_review(denied_pod(), 1ms, 1024);
    counted.count_review(denied_pod(), 1ms, 33554432);
    const std::string text = counted.text({});
    EXPECT_EQ(value_of(text, R"(gatehouse_request_body_bytes_bucket{le="1024"})"), "1");
    EXPECT_EQ(value_of(text, R"(gatehouse_request_body_bytes_bucket{le="33554432"})"), "2");
    EXPECT_EQ(value_of(text, "gatehouse_request_body_bytes_sum"), "33555456");
}

TEST(Metrics, CountAdmissionsThatAnOutageLetThrough) {
    metrics counted("0.1.0");
    const policy::policy_set policies = two_policies();
    counted.use_policies(policies, wall_time());
    review_outcome what = denied_pod();
    what.unverified = {
        {"base", policy::failure_cause::connect, "reg.example/app:1"},
        {"base", policy::failure_cause::connect, "reg.example/app:2"},
        {"gone", policy::failure_cause::dns, "reg.example/app:1"}};
    counted.count_review(what, 1ms, 1024);
    counted.use_policies(policies, wall_time());
    const std::string text = counted.text({});
    EXPECT_EQ(
        value_of(text, R"(gatehouse_unverified_admissions_total{policy="base",cause="connect"})"),
        "2"
    );
    EXPECT_THAT(text, Not(HasSubstr("reg.example")));
    EXPECT_THAT(text, Not(HasSubstr("gone")));
}

TEST(Metrics, ShowLiveFigures) {
    live_figures live;
    live.connections = 3;
    live.inflight_requests = 2;
    live.inflight_bytes = 4096;
    live.shed_requests = 7;
    live.log_lines_dropped = 9;
    live.facts = {{fact_counts{1, 2, 3}, fact_counts{4, 5, 6}}, 7};
    live.process = process_figures{10485760, 1.25, 17, 1785585600.5};
    const std::string text = metrics("1.2.3").text(live);
    EXPECT_EQ(value_of(text, "gatehouse_connections"), "3");
    EXPECT_EQ(value_of(text, "gatehouse_inflight_requests"), "2");
    EXPECT_EQ(value_of(text, "gatehouse_inflight_bytes"), "4096");
    EXPECT_EQ(value_of(text, "gatehouse_shed_requests_total"), "7");
    EXPECT_EQ(value_of(text, "gatehouse_log_lines_dropped_total"), "9");
    EXPECT_EQ(value_of(text, "gatehouse_image_cache_hits_total{kind=\"tag\"}"), "1");
    EXPECT_EQ(value_of(text, "gatehouse_image_cache_misses_total{kind=\"tag\"}"), "2");
    EXPECT_EQ(value_of(text, "gatehouse_image_cache_stale_total{kind=\"tag\"}"), "3");
    EXPECT_EQ(value_of(text, "gatehouse_image_cache_stale_total{kind=\"signatures\"}"), "6");
    EXPECT_EQ(value_of(text, "gatehouse_image_cache_bytes"), "7");
    EXPECT_EQ(value_of(text, R"(gatehouse_build_info{version="1.2.3"})"), "1");
    EXPECT_EQ(value_of(text, "process_resident_memory_bytes"), "10485760");
    EXPECT_EQ(value_of(text, "process_cpu_seconds_total"), "1.25");
    EXPECT_EQ(value_of(text, "process_open_fds"), "17");
    EXPECT_EQ(value_of(text, "process_start_time_seconds"), "1785585600.5");
}

TEST(Metrics, ExposeEveryMetricOfTheTableOnce) {
    live_figures live;
    live.process = process_figures{};
    const kube_counts asked;
    live.cluster.emplace().requests = &asked;
    const std::string text = metrics("0.1.0").text(live);
    std::size_t heads = 0;
    for (std::size_t at = text.find("# TYPE "); at != std::string::npos;
         at = text.find("# TYPE ", at + 1)) {
        ++heads;
    }
    EXPECT_EQ(heads, metric_count);
    for (const metric_description& one : all_metrics()) {
        const std::string head = "# TYPE " + std::string(one.name) + " " + std::string(one.type);
        EXPECT_THAT(text, HasSubstr(head + "\n"));
    }
}

TEST(MetricsTable, FollowsPrometheusNaming) {
    std::set<std::string_view> names;
    for (const metric_description& one : all_metrics()) {
        EXPECT_TRUE(names.insert(one.name).second) << one.name;
        EXPECT_EQ(one.name.ends_with("_total"), one.type == "counter") << one.name;
        EXPECT_FALSE(one.help.empty()) << one.name;
    }
}

TEST(Exposition, EscapesLabelValues) {
    exposition to;
    to.begin(metric::build_info);
    to.sample({"a\"b\\c\nd"}, std::uint64_t{1});
    EXPECT_THAT(to.take(), HasSubstr("gatehouse_build_info{version=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(ProcessFigures, AreOfThisProcess) {
    const auto found = read_process_figures();
    ASSERT_TRUE(found);
    EXPECT_GT(found->resident_bytes, 1U << 20);
    EXPECT_LT(found->resident_bytes, std::uint64_t{1} << 34);
    EXPECT_GT(found->cpu_seconds, 0);
    EXPECT_GE(found->open_descriptors, 3U);
    const double now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    EXPECT_NEAR(found->start_time, now, 600);
}

} // namespace
} // namespace gatehouse::server
