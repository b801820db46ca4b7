#include "server/kube/backoff.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesWithinItsBounds) {
    for (std::uint_fast32_t seed = 1; seed < 50; ++seed) {
        backoff of(seed);
        auto most = backoff::shortest;
        for (int failure = 0; failure < 12; ++failure) {
            const auto pause = of.next();
            EXPECT_GE(pause, most / 2);
            EXPECT_LE(pause, most);
            most = std::min(most * 2, backoff::longest);
        }
        of.succeed();
        EXPECT_LE(of.next(), backoff::shortest);
    }
}

TEST(Backoff, IsSpreadByChance) {
    backoff one(1);
    backoff other(2);
    int different = 0;
    for (int i = 0; i < 10; ++i) {
        different += one.next() == other.next() ? 0 : 1;
    }
    EXPECT_GT(different, 5);
}

} // namespace
} // namespace gatehouse::server
