#include "server/duration.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;

struct good_duration {
    std::string name;
    std::string text;
    std::chrono::nanoseconds value;
};

class DurationReads : public testing::TestWithParam<good_duration> {};

TEST_P(DurationReads, TheValue) { EXPECT_EQ(parse_duration(GetParam().text), GetParam().value); }

INSTANTIATE_TEST_SUITE_P(
    Duration,
    DurationReads,
    testing::Values(
        good_duration{"Zero", "0", 0ns},
        good_duration{"ZeroSeconds", "0s", 0ns},
        good_duration{"Seconds", "15s", 15s},
        good_duration{"MinutesAndSeconds", "1m30s", 90s},
        good_duration{"Milliseconds", "500ms", 500ms},
        good_duration{"Fraction", "1.5s", 1500ms},
        good_duration{"FractionOfAnHour", "1.5h", 90min},
        good_duration{"PointFirst", ".5s", 500ms},
        good_duration{"PointLast", "1.s", 1s},
        good_duration{"Microseconds", "7us", 7us},
        good_duration{"MicroSign", "7\u00b5s", 7us},
        good_duration{"GreekMu", "7\u03bcs", 7us},
        good_duration{"Nanoseconds", "3ns", 3ns},
        good_duration{"AnyOrder", "1s1h", 1h + 1s},
        good_duration{"LongFraction", "0.1000000000000000000000000001s", 100ms},
        good_duration{"Largest", "9223372036854775807ns", 9223372036854775807ns}
    ),
    testing_support::case_name()
);

struct bad_duration {
    std::string name;
    std::string text;
};

class DurationRefuses : public testing::TestWithParam<bad_duration> {};

TEST_P(DurationRefuses, TheText) { EXPECT_EQ(parse_duration(GetParam().text), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(
    Duration,
    DurationRefuses,
    testing::Values(
        bad_duration{"Empty", ""},
        bad_duration{"NoUnit", "10"},
        bad_duration{"UnitAlone", "s"},
        bad_duration{"PointAlone", ".s"},
        bad_duration{"Negative", "-5s"},
        bad_duration{"Plus", "+5s"},
        bad_duration{"Space", "5 s"},
        bad_duration{"UnknownUnit", "5d"},
        bad_duration{"Garbage", "abc"},
        bad_duration{"NumberBehind", "5s3"},
        bad_duration{"TooManyDigits", "99999999999999999999999999999999h"},
        bad_duration{"TooLong", "9999999999h"},
        bad_duration{"SumTooLong", "9223372036854775807ns1ns"},
        bad_duration{"UpperCase", "5S"}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::server
