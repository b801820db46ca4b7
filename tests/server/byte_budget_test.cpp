#include "server/byte_budget.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

TEST(ByteBudget, TakesUpToItsLimitAndNotOneMore) {
    byte_budget budget(100);
    byte_budget::charge first(budget);
    byte_budget::charge second(budget);
    EXPECT_TRUE(first.grow(60));
    EXPECT_TRUE(second.grow(40));
    EXPECT_FALSE(first.grow(1));
    EXPECT_EQ(budget.in_flight(), 100U);
}

TEST(ByteBudget, GetsBytesBack) {
    byte_budget budget(100);
    {
        byte_budget::charge gone(budget);
        EXPECT_TRUE(gone.grow(70));
    }
    byte_budget::charge cleared(budget);
    EXPECT_TRUE(cleared.grow(100));
    cleared.clear();
    EXPECT_EQ(budget.in_flight(), 0U);
    EXPECT_TRUE(cleared.grow(100));
}

TEST(ByteBudget, WeighsAParsedByteFourteenTimes) {
    byte_budget budget(100);
    byte_budget::charge arrived(budget);
    EXPECT_TRUE(arrived.grow(100));
    {
        const byte_budget::parsing parsed(budget, 100);
        EXPECT_EQ(budget.in_flight(), 1400U);
    }
    EXPECT_EQ(budget.in_flight(), 100U);
}

TEST(ByteBudget, CountsWhatIsShed) {
    byte_budget budget;
    budget.count_shed();
    budget.count_shed();
    EXPECT_EQ(budget.shed_requests(), 2U);
}

} // namespace
} // namespace gatehouse::server
