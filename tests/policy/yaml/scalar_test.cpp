#include "policy/yaml/scalar.h"

#include <gtest/gtest.h>

#include <string_view>

namespace gatehouse::policy {
namespace {

using std::string_view_literals::operator""sv;

// What go-yaml 2 makes of every form stands in data/yaml11 and is checked through json_of; here is
// what a JSON text cannot tell apart.

TEST(PlainScalar, KeepsIntegersExactToTheirLastBit) {
    EXPECT_EQ(resolve_plain_scalar("-0x8000000000000000"), yaml_value(INT64_MIN));
    EXPECT_EQ(resolve_plain_scalar("9223372036854775807"), yaml_value(INT64_MAX));
    EXPECT_EQ(resolve_plain_scalar("9223372036854775808"), yaml_value(std::uint64_t{1} << 63U));
    EXPECT_EQ(resolve_plain_scalar("-9223372036854775809"), yaml_value(-0x1p63));
}

TEST(PlainScalar, ReturnsTextAsItWasWritten) {
    EXPECT_EQ(resolve_plain_scalar("1_2:3"), yaml_value("1_2:3"sv));
    EXPECT_EQ(resolve_plain_scalar("0x1_G"), yaml_value("0x1_G"sv));
}

TEST(PlainScalar, TellsNothingFromText) {
    EXPECT_EQ(resolve_plain_scalar(""), yaml_value());
    EXPECT_EQ(resolve_plain_scalar(" "), yaml_value(" "sv));
}

TEST(JsonNumber, WritesWholeNumbersWithoutFraction) {
    EXPECT_EQ(json_number(1.0), "1");
    EXPECT_EQ(json_number(-0.0), "-0");
    EXPECT_EQ(json_number(1e18), "1000000000000000000");
}

TEST(JsonNumber, UsesAnExponentWhereAnIntegerWouldNotBeReadBack) {
    EXPECT_EQ(json_number(0x1p63), "9.223372036854776e+18");
    EXPECT_EQ(json_number(1e-7), "1e-07");
}

} // namespace
} // namespace gatehouse::policy
