#include "tests/bench/histogram.h"

#include <gtest/gtest.h>

namespace gatehouse::bench {
namespace {

using std::chrono::nanoseconds;

TEST(Histogram, IsZeroWithoutValues) { EXPECT_EQ(histogram{}.percentile(0.99).count(), 0); }

TEST(Histogram, KeepsSmallValuesExactly) {
    histogram values;
    for (int i = 1; i <= 100; ++i) {
        values.record(nanoseconds{i});
    }
    EXPECT_EQ(values.percentile(0.50).count(), 50);
    EXPECT_EQ(values.percentile(0.99).count(), 99);
    EXPECT_EQ(values.percentile(1.0).count(), 100);
    EXPECT_EQ(values.count(), 100U);
}

TEST(Histogram, NeverTellsLessThanAValueAndAtMostOnePercentMore) {
    for (std::int64_t value = 1; value < (std::int64_t{1} << 38); value = value * 3 + 1) {
        histogram values;
        values.record(nanoseconds{value});
        values.record(nanoseconds{value * 2});
        const auto told = values.percentile(0.5).count();
        EXPECT_GE(told, value);
        EXPECT_LE(told, value + value / 100);
    }
}

TEST(Histogram, FindsTheOneInAThousand) {
    histogram values;
    for (int i = 0; i < 999; ++i) {
        values.record(std::chrono::microseconds{50});
    }
    values.record(std::chrono::milliseconds{7});
    EXPECT_LT(values.percentile(0.999), std::chrono::microseconds{51});
    EXPECT_EQ(values.percentile(0.9999), std::chrono::milliseconds{7});
    EXPECT_EQ(values.max(), std::chrono::milliseconds{7});
}

TEST(Histogram, CountsWhatIsTooLongInItsLastBucket) {
    histogram values;
    values.record(std::chrono::hours{1});
    EXPECT_EQ(values.count(), 1U);
    EXPECT_EQ(values.max(), std::chrono::hours{1});
}

} // namespace
} // namespace gatehouse::bench
