#include "server/review_report.h"

#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing_support::fake_clock;

/// What one review adds to a log of that level.
std::string told(log_level least, const review_outcome& outcome) {
    const testing_support::temp_dir dir;
    const fake_clock time;
    const int file = open((dir / "log").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    log out(file, log_format::json, least, time);
    metrics counted("0.1.0");
    review_report report(counted, out);
    report.reviewed(outcome, 1500us, 3000);
    close(file);
    EXPECT_THAT(counted.text({}), testing::HasSubstr("gatehouse_request_body_bytes_sum 3000\n"));
    return testing_support::text_of(dir / "log");
}

review_outcome denied() {
    review_outcome outcome;
    outcome.uid = "705ab4f5";
    outcome.operation = "CREATE";
    outcome.resource = "pods";
    outcome.decision = "deny";
    outcome.subject = "Pod prod/web";
    outcome.violations = {
        {"base", policy::rule_id::run_as_user, policy::action::deny},
        {"base", policy::rule_id::run_as_user, policy::action::deny},
        {"base", policy::rule_id::image_tag, policy::action::warn}};
    return outcome;
}

TEST(ReviewReport, TellsADenialAtInfo) {
    EXPECT_EQ(
        told(log_level::info, denied()),
        R"({"time":"2026-08-01T12:00:00.000Z","level":"info","event":"review","uid":"705ab4f5",)"
        R"("decision":"deny","operation":"CREATE","resource":"pods","subject":"Pod prod/web",)"
        R"("rules":["base/run-as-user","base/image-tag:Warn"],"violations":3,"seconds":0.0015})"
        "\n"
    );
}

TEST(ReviewReport, TellsAnErrorAtInfo) {
    review_outcome outcome;
    outcome.decision = "error";
    EXPECT_THAT(told(log_level::info, outcome), testing::HasSubstr(R"("decision":"error")"));
}

TEST(ReviewReport, TellsWhatIsAllowedAtDebugOnly) {
    review_outcome outcome = denied();
    for (const char* decision : {"allow", "unmatched"}) {
        outcome.decision = decision;
        EXPECT_EQ(told(log_level::info, outcome), "");
        EXPECT_THAT(told(log_level::debug, outcome), testing::HasSubstr(decision));
    }
}

TEST(ReviewReport, ListsABoundedNumberOfRules) {
    const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (int i = 0; i < 100; ++i) {
            all.push_back("policy-" + std::to_string(i));
        }
        return all;
    }();
    review_outcome outcome = denied();
    for (const std::string& name : names) {
        outcome.violations.push_back({name, policy::rule_id::image_tag, policy::action::deny});
    }
    const std::string line = told(log_level::info, outcome);
    EXPECT_THAT(line, testing::HasSubstr("policy-29/image-tag"));
    EXPECT_THAT(line, testing::Not(testing::HasSubstr("policy-30/image-tag")));
    EXPECT_THAT(line, testing::HasSubstr(R"("violations":103)"));
}

} // namespace
} // namespace gatehouse::server
