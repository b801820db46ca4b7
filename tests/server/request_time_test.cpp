#include "server/request_time.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

struct budget_case {
    std::string name;
    std::string query;
    nanoseconds budget;
};

class RequestTime : public testing::TestWithParam<budget_case> {};

TEST_P(RequestTime, GivesTheBudget) {
    EXPECT_EQ(review_budget(GetParam().query), GetParam().budget);
}

INSTANTIATE_TEST_SUITE_P(
    Readable,
    RequestTime,
    testing::Values(
        budget_case{"TenSeconds", "timeout=10s", 8800ms},
        budget_case{"OneSecond", "timeout=1s", 500ms},
        budget_case{"WhereHalfIsAsMuch", "timeout=2400ms", 1200ms},
        budget_case{"ThirtySeconds", "timeout=30s", 25s},
        budget_case{"OneMinute", "timeout=1m", 25s},
        budget_case{"Fraction", "timeout=1.5s", 750ms},
        budget_case{"Escaped", "timeout=%31%30s", 8800ms},
        budget_case{"EscapedName", "%74imeout=10s", 8800ms},
        budget_case{"BehindOthers", "a=b&c&timeout=10s", 8800ms},
        budget_case{"FirstOfTwo", "timeout=10s&timeout=x", 8800ms},
        budget_case{"BehindABrokenEscape", "timeout=%zz&timeout=10s", 8800ms}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Unreadable,
    RequestTime,
    testing::Values(
        budget_case{"Absent", "", 8s},
        budget_case{"Other", "other=1", 8s},
        budget_case{"OtherName", "xtimeout=1s", 8s},
        budget_case{"NoValue", "timeout", 8s},
        budget_case{"EmptyValue", "timeout=", 8s},
        budget_case{"Zero", "timeout=0s", 8s},
        budget_case{"Negative", "timeout=-5s", 8s},
        budget_case{"Words", "timeout=abc", 8s},
        budget_case{"NoUnit", "timeout=10", 8s},
        budget_case{"Overflow", "timeout=999999999999999999s", 8s},
        budget_case{"FirstOfTwo", "timeout=x&timeout=10s", 8s},
        budget_case{"CutEscape", "timeout=1%3", 8s},
        budget_case{"Bytes", "%ff%00", 8s}
    ),
    testing_support::case_name()
);

TEST(RequestTime, RetryNeedsMoreThanTwoSeconds) {
    EXPECT_TRUE(can_retry("timeout=10s", 7999ms));
    EXPECT_FALSE(can_retry("timeout=10s", 8s));
    EXPECT_FALSE(can_retry("timeout=10s", 1h));
    EXPECT_FALSE(can_retry("timeout=2s", 0s));
    EXPECT_TRUE(can_retry("", 5s));
    EXPECT_FALSE(can_retry("", 6s));
}

} // namespace
} // namespace gatehouse::server
