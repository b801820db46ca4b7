#include "server/run_to_end.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;

struct without_default {
    explicit without_default(int from) : number(from) {}
    int number;
};

awaitable<without_default> give(int number) { co_return without_default(number); }

awaitable<int> fail() {
    throw std::runtime_error("out of luck");
    co_return 0;
}

TEST(RunToEnd, ReturnsWhatTheWorkDoes) {
    loop runs;
    EXPECT_EQ(run_to_end(runs, give(1)).number, 1);
    EXPECT_EQ(run_to_end(runs, give(2)).number, 2);
}

TEST(RunToEnd, ThrowsWhatTheWorkDoesAndTheLoopServesOn) {
    loop runs;
    EXPECT_THROW(static_cast<void>(run_to_end(runs, fail())), std::runtime_error);
    EXPECT_EQ(run_to_end(runs, give(3)).number, 3);
}

TEST(RunToEnd, WaitsForNothingElseOnTheLoop) {
    loop runs;
    steady_timer other(runs);
    other.expires_after(1h);
    bool has_ended = false;
    other.async_wait([&](const error_code&) { has_ended = true; });
    EXPECT_EQ(run_to_end(runs, give(4)).number, 4);
    EXPECT_FALSE(has_ended);
}

} // namespace
} // namespace gatehouse::server
