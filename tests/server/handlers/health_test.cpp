#include "server/handlers/health.h"

#include "server/handlers/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

const std::vector<health_check> well{
    {"policies", true, "2 loaded"},
    {"certificate", true, ""},
    {"draining", true, ""}};
const std::vector<health_check> ill{
    {"policies", true, "the last reload failed\na.yaml:1:1: x"},
    {"draining", false, "stopping"}};

TEST(Health, SaysOkInOneWord) {
    const response answer = health_answer("/readyz", well, false);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "ok\n");
}

TEST(Health, NamesEveryCheckWhenAsked) {
    const response answer = health_answer("/readyz", well, true);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(
        answer.body,
        "[+]policies ok: 2 loaded\n[+]certificate ok\n[+]draining ok\nreadyz check passed\n"
    );
}

TEST(Health, FailsWithReasons) {
    const response answer = health_answer("/readyz", ill, true);
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(
        answer.body,
        "[+]policies ok: the last reload failed\n    a.yaml:1:1: x\n[-]draining failed: stopping\n"
        "readyz check failed\n"
    );
}

TEST(Health, KeepsReasonsToItselfWhenNotAsked) {
    const response answer = health_answer("/readyz", ill, false);
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(answer.body, "[+]policies ok\n[-]draining failed\nreadyz check failed\n");
}

TEST(Health, WithoutChecksIsAlive) {
    EXPECT_EQ(health_answer("/livez", {}, false).body, "ok\n");
    EXPECT_EQ(health_answer("/livez", {}, true).body, "livez check passed\n");
}

TEST(Health, ReadsVerboseFromTheQuery) {
    for (const char* query :
         {"verbose", "verbose=", "verbose=true", "a=1&verbose", "&&verbose&b"}) {
        EXPECT_TRUE(asks_verbose(query)) << query;
    }
    for (const char* query : {"", "verbos", "verbosely", "a=verbose", "&"}) {
        EXPECT_FALSE(asks_verbose(query)) << query;
    }
}

TEST(Health, LooksAgainAtEveryRequest) {
    bool is_ok = true;
    const handler answers = health_handler("/readyz", [&is_ok] {
        return std::vector<health_check>{{"draining", is_ok, ""}};
    });
    request_view request;
    request.query = "verbose";
    EXPECT_EQ(std::get<response>(answers(request)).body, "[+]draining ok\nreadyz check passed\n");
    is_ok = false;
    EXPECT_EQ(std::get<response>(answers(request)).status, 503U);
}

TEST(MetricsHandler, AnswersInPrometheusText) {
    const metrics counted("0.1.0");
    const handler answers = metrics_handler(counted, [] {
        live_figures live;
        live.connections = 5;
        return live;
    });
    const auto answer = std::get<response>(answers(request_view{}));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(answer.body, testing::HasSubstr("\ngatehouse_connections 5\n"));
}

} // namespace
} // namespace gatehouse::server
