#include "server/registry_counts.h"

#include "server/exposition.h"
#include "tests/support/fake_clock.h"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing_support::fake_clock;

policy::fact<http_response> status(unsigned number) {
    http_response answer;
    answer.status = number;
    return answer;
}

policy::fact<http_response> failed(policy::failure_cause cause) {
    return policy::fetch_failure{cause, "why", false};
}

std::string text_of(const registry_counts& counts) {
    exposition to;
    counts.write(to);
    return to.take();
}

std::string series(const std::string& registry, const std::string& result, int value) {
    return "gatehouse_registry_requests_total{registry=\"" + registry + "\",result=\"" + result
           + "\"} " + std::to_string(value) + "\n";
}

TEST(RegistryCounts, NamesEveryResult) {
    const std::vector<std::pair<policy::fact<http_response>, std::string>> cases{
        {status(200), "success"},
        {status(307), "success"},
        {status(401), "unauthorized"},
        {status(403), "forbidden"},
        {status(404), "not_found"},
        {status(405), "refused"},
        {status(429), "throttled"},
        {status(503), "server_error"},
        {failed(policy::failure_cause::bad_certificate), "bad_certificate"},
        {failed(policy::failure_cause::too_many_lookups), "too_many_lookups"},
    };
    for (const auto& [answer, result] : cases) {
        registry_counts counts;
        counts.use({"reg.example"});
        counts.count("reg.example", answer, 1ms);
        EXPECT_THAT(text_of(counts), HasSubstr(series("reg.example", result, 1)));
    }
}

TEST(RegistryCounts, ARegistryThatIsNotConfiguredHasNoName) {
    registry_counts counts;
    counts.use({"reg.example"});
    counts.count("evil.example", status(200), 1ms);
    counts.count("", status(200), 1ms);
    const std::string text = text_of(counts);
    EXPECT_THAT(text, HasSubstr(series("other", "success", 2)));
    EXPECT_THAT(text, Not(HasSubstr("evil")));
}

TEST(RegistryCounts, AReloadForgetsWhatIsNoLongerConfigured) {
    registry_counts counts;
    counts.use({"a.example", "b.example"});
    counts.count("a.example", status(200), 1ms);
    counts.count("b.example", status(200), 1ms);
    counts.use({"a.example"});
    EXPECT_THAT(text_of(counts), HasSubstr(series("a.example", "success", 1)));
    EXPECT_THAT(text_of(counts), Not(HasSubstr("b.example")));
}

/// Takes a second of the fake clock for every answer.
class slow_exchange final : public http_exchange {
  public:
    explicit slow_exchange(fake_clock& time) : time_(time) {}
    awaitable<policy::fact<http_response>> send(http_request, tick_time) override {
        time_.advance(1s);
        co_return status(200);
    }

  private:
    fake_clock& time_;
};

TEST(CountedExchange, CountsWhatPassesThrough) {
    loop runs(1);
    fake_clock time;
    slow_exchange slow(time);
    registry_counts counts;
    counts.use({"reg.example"});
    counted_exchange counted(slow, counts, time);
    http_request request;
    request.registry = "reg.example";
    std::optional<policy::fact<http_response>> answer;
    asio::co_spawn(
        runs,
        counted.send(std::move(request), time.ticks() + 5s),
        [&answer](const std::exception_ptr& fault, policy::fact<http_response> got) {
            EXPECT_FALSE(fault);
            answer = std::move(got);
        }
    );
    runs.run();
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<http_response>(*answer).status, 200U);
    const std::string text = text_of(counts);
    EXPECT_THAT(text, HasSubstr(series("reg.example", "success", 1)));
    EXPECT_THAT(text, HasSubstr("gatehouse_registry_request_duration_seconds_sum 1\n"));
}

} // namespace
} // namespace gatehouse::server
