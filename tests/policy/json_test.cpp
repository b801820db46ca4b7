#include "policy/json.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gatehouse::policy {
namespace {

using namespace std::string_literals;

TEST(Json, ReadsEveryKindOfValue) {
    const auto parsed = parse_json(
        R"( {"a": [1, -2, 3.5, true, null, "x"], "b": {"a": {}}, "c": [[], {"a": 1}, {"a": 1}]} )"
    );
    ASSERT_TRUE(parsed) << parsed.error().detail();
    EXPECT_EQ(
        parsed.value().dump(),
        R"({"a":[1,-2,3.5,true,null,"x"],"b":{"a":{}},"c":[[],{"a":1},{"a":1}]})"
    );
}

TEST(Json, GivesMembersAndNullForWhatIsNotThere) {
    const auto parsed = parse_json(R"({"text": "x", "null": null, "list": []})");
    ASSERT_TRUE(parsed);
    const nlohmann::json& value = parsed.value();
    ASSERT_NE(member_of(value, "list"), nullptr);
    EXPECT_EQ(member_of(value, "null"), nullptr);
    EXPECT_EQ(member_of(value, "absent"), nullptr);
    EXPECT_EQ(member_of(*member_of(value, "list"), "x"), nullptr);
    ASSERT_NE(text_member(value, "text"), nullptr);
    EXPECT_EQ(*text_member(value, "text"), "x");
    EXPECT_EQ(text_member(value, "list"), nullptr);
    EXPECT_EQ(text_member(value, "null"), nullptr);
}

std::string nested(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

TEST(Json, TakesAHundredLevels) { EXPECT_TRUE(parse_json(nested(100))); }

std::string zeros(std::size_t count) {
    std::string text = "[0";
    for (std::size_t i = 1; i < count; ++i) {
        text += ",0";
    }
    return text + "]";
}

TEST(Json, TakesManyValues) { EXPECT_TRUE(parse_json(zeros(249'999))); }

TEST(Json, RefusesTooManyValues) {
    const auto parsed = parse_json(zeros(250'000));
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().detail(), "has more than 250000 values");
}

struct bad_json {
    std::string name;
    std::string text;
    std::string problem;
};

class BadJson : public testing::TestWithParam<bad_json> {};

TEST_P(BadJson, IsRefusedWithTheReason) {
    const auto parsed = parse_json(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code(), errc::malformed);
    EXPECT_EQ(parsed.error().detail(), GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BadJson,
    testing::Values(
        bad_json{"Empty", "", "is not JSON (byte 1)"},
        bad_json{"CutShort", R"({"a": )", "is not JSON (byte 7)"},
        bad_json{"TwoValues", "{} {}", "is not JSON (byte 4)"},
        bad_json{"Comment", "{} // x", "is not JSON (byte 4)"},
        bad_json{"NotUtf8", "\"\xff\"", "is not JSON (byte 2)"},
        bad_json{"LoneSurrogate", R"("\ud800")", "is not JSON (byte 8)"},
        bad_json{"NumberOutOfRange", "1e999", "is not JSON (byte 5)"},
        bad_json{"ByteOrderMark", "\xef\xbb\xbf{}", "starts with a byte order mark"},
        bad_json{"Nul", "{}\0{}"s, "is not JSON (byte 3)"},
        bad_json{"KeyTwice", R"({"a": 1, "b": 2, "a": 1})", "has \"a\" twice"},
        bad_json{"KeyTwiceInside", R"([{"b": {"a": 1, "\u0061": 2}}])", "has \"a\" twice"},
        bad_json{"KeyTwiceUnprintable", R"({"\n": 1, "\n": 2})", "has \"\\n\" twice"},
        bad_json{"TooDeep", nested(101), "has more than 100 levels"},
        bad_json{"FarTooDeep", nested(10'000), "has more than 100 levels"}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
