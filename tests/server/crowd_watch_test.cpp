#include "server/crowd_watch.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

/// How many crowds end within `ticks` ticks with so many connections.
unsigned ended(crowd_watch& watch, std::size_t connections, unsigned ticks) {
    unsigned count = 0;
    for (unsigned i = 0; i < ticks; ++i) {
        count += watch.has_ended(connections) ? 1U : 0U;
    }
    return count;
}

TEST(CrowdWatch, HasEndedOnceWhenHalfAreGoneForTheWholePatience) {
    crowd_watch watch;
    EXPECT_EQ(ended(watch, 1000, 3), 0U);
    EXPECT_EQ(ended(watch, 500, crowd_watch::patience - 1), 0U);
    EXPECT_TRUE(watch.has_ended(500));
    EXPECT_EQ(ended(watch, 500, 100), 0U);
}

TEST(CrowdWatch, WaitsWhileMoreThanHalfAreLeft) {
    crowd_watch watch;
    EXPECT_EQ(ended(watch, 1000, 1), 0U);
    EXPECT_EQ(ended(watch, 501, 100), 0U);
    EXPECT_FALSE(watch.is_waiting());
}

TEST(CrowdWatch, BeginsAnewWhenConnectionsComeBackInBetween) {
    crowd_watch watch;
    EXPECT_EQ(ended(watch, 1000, 1), 0U);
    EXPECT_EQ(ended(watch, 10, crowd_watch::patience - 1), 0U);
    EXPECT_EQ(ended(watch, 900, 1), 0U);
    EXPECT_EQ(ended(watch, 10, crowd_watch::patience - 1), 0U);
    EXPECT_TRUE(watch.has_ended(10));
}

TEST(CrowdWatch, NoticesThatEverybodyHasGoneAndWantsTicksUntilThen) {
    crowd_watch watch;
    EXPECT_EQ(ended(watch, 1000, 1), 0U);
    EXPECT_EQ(ended(watch, 0, crowd_watch::patience - 1), 0U);
    EXPECT_TRUE(watch.is_waiting());
    EXPECT_TRUE(watch.has_ended(0));
    EXPECT_FALSE(watch.is_waiting());
}

TEST(CrowdWatch, FewConnectionsAreNoCrowd) {
    crowd_watch watch;
    EXPECT_EQ(ended(watch, crowd_watch::smallest_crowd - 1, 1), 0U);
    EXPECT_EQ(ended(watch, 0, 100), 0U);
    EXPECT_EQ(ended(watch, crowd_watch::smallest_crowd, 1), 0U);
    EXPECT_EQ(ended(watch, 0, 100), 1U);
}

TEST(CrowdWatch, ACrowdThatGoesStepByStepEndsAtEachHalving) {
    crowd_watch watch;
    EXPECT_EQ(ended(watch, 1000, 1), 0U);
    EXPECT_EQ(ended(watch, 400, 100), 1U);
    EXPECT_EQ(ended(watch, 201, 100), 0U);
    EXPECT_EQ(ended(watch, 200, 100), 1U);
}

} // namespace
} // namespace gatehouse::server
