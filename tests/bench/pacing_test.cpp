#include "tests/bench/pacing.h"

#include <gtest/gtest.h>

namespace gatehouse::bench {
namespace {

TEST(Pacing, KeepsTheRateOverTime) {
    const steady::time_point start{};
    pacing schedule(start, 1000, 1);
    for (int i = 0; i < 100'000; ++i) {
        static_cast<void>(schedule.take());
    }
    const std::chrono::duration<double> took = schedule.next() - start;
    EXPECT_NEAR(took.count(), 100, 1.5);
}

TEST(Pacing, IsTheSameForTheSameSeed) {
    pacing one(steady::time_point{}, 1000, 7);
    pacing other(steady::time_point{}, 1000, 7);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(one.take(), other.take());
    }
}

TEST(Pacing, TakesTheTimesInOrder) {
    pacing schedule(steady::time_point{}, 1000, 7);
    for (int i = 0; i < 100; ++i) {
        const auto due = schedule.take();
        EXPECT_LE(due, schedule.next());
    }
}

} // namespace
} // namespace gatehouse::bench
