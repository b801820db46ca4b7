#include "policy/pod/json_reader.h"

#include "tests/support/case_name.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

struct outcome {
    std::size_t visited = 0;
    bool failed = false;
    decode_error error;
};

outcome read_fields(const std::string& text) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(text);
    const simdjson::dom::element root = parser.parse(padded);
    arena memory;
    json_reader reader(memory);
    outcome out;
    reader.fields(root, {nullptr, "object"}, [&](auto, auto, const json_path&) { ++out.visited; });
    out.failed = reader.failed();
    out.error = reader.error();
    return out;
}

std::string object_of(const std::vector<std::string>& keys) {
    std::string text;
    for (const std::string& key : keys) {
        text += fmt::format("{}\"{}\": 0", text.empty() ? "{" : ", ", key);
    }
    return text + "}";
}

std::vector<std::string> numbered_keys(int count) {
    std::vector<std::string> keys;
    keys.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        keys.push_back(fmt::format("key-{:04}", i));
    }
    return keys;
}

struct repeated_case {
    std::string name;
    std::vector<std::string> keys;
    std::string field;
};

std::vector<std::string> with(std::vector<std::string> keys, const std::string& one_more) {
    keys.push_back(one_more);
    return keys;
}

class RepeatedKey : public testing::TestWithParam<repeated_case> {};

TEST_P(RepeatedKey, IsAnError) {
    const outcome read = read_fields(object_of(GetParam().keys));
    EXPECT_TRUE(read.failed);
    EXPECT_TRUE(read.error.duplicate_key);
    EXPECT_EQ(read.error.field, GetParam().field);
    EXPECT_EQ(read.error.problem, "stands twice in its object");
}

INSTANTIATE_TEST_SUITE_P(
    JsonReader,
    RepeatedKey,
    testing::Values(
        repeated_case{"Neighbours", {"spec", "spec"}, "object.spec"},
        repeated_case{"FarApart", {"spec", "a", "b", "c", "spec"}, "object.spec"},
        repeated_case{"Empty", {"", "a", ""}, "object."},
        repeated_case{"Escaped", {"spec", "sp\\u0065c"}, "object.spec"},
        repeated_case{"LastOfFew", with(numbered_keys(63), "key-0000"), "object.key-0000"},
        repeated_case{"LastOfMany", with(numbered_keys(200), "key-0150"), "object.key-0150"}
    ),
    testing_support::case_name()
);

TEST(JsonReader, RepeatedKeyOutweighsAnEarlierMistake) {
    simdjson::dom::parser parser;
    const simdjson::padded_string text(std::string_view(R"({"a": 1, "b": 2, "a": 3})"));
    const simdjson::dom::element root = parser.parse(text);
    arena memory;
    json_reader reader(memory);
    std::vector<std::string> visited;
    reader.fields(root, {nullptr, "object"}, [&](auto key, auto, const json_path& at) {
        visited.emplace_back(key);
        reader.fail(at, "is wrong");
    });
    EXPECT_THAT(visited, testing::ElementsAre("a"));
    EXPECT_EQ(reader.error().field, "object.a");
    EXPECT_EQ(reader.error().problem, "stands twice in its object");
    EXPECT_TRUE(reader.error().duplicate_key);
}

class DistinctKeys : public testing::TestWithParam<int> {};

TEST_P(DistinctKeys, AreAllVisited) {
    const outcome read = read_fields(object_of(numbered_keys(GetParam())));
    EXPECT_FALSE(read.failed) << read.error.field;
    EXPECT_EQ(read.visited, static_cast<std::size_t>(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(JsonReader, DistinctKeys, testing::Values(1, 64, 65, 1000));

TEST(JsonReader, TellsKeysOfOneLengthAndSameEndsApart) {
    const outcome read = read_fields(object_of({"axbxc", "aybxc", "axbyc", ""}));
    EXPECT_FALSE(read.failed);
    EXPECT_EQ(read.visited, 4U);
}

} // namespace
} // namespace gatehouse::policy
