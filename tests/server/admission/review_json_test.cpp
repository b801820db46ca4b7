#include "server/admission/review_json.h"

#include "server/admission/judge.h"
#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using testing_support::case_name;

/// What is left of a text, as minified JSON; "error: " and simdjson's words where it is refused.
std::string parsed(const std::string& text) {
    const simdjson::padded_string padded(text);
    simdjson::dom::parser parser;
    EXPECT_EQ(parser.allocate(64 * 1024, most_json_levels), simdjson::SUCCESS);
    simdjson::dom::element root;
    const auto failure = parse_review_json({padded.data(), padded.size()}, parser).get(root);
    return failure == simdjson::SUCCESS ? simdjson::minify(root)
                                        : std::string("error: ") + simdjson::error_message(failure);
}

struct json_case {
    const char* name;
    std::string text;
    std::string expected;
};

class ReviewJson : public testing::TestWithParam<json_case> {};

TEST_P(ReviewJson, LeavesOut) { EXPECT_EQ(parsed(GetParam().text), GetParam().expected); }

const std::string bad_json = "error: The JSON document has an improper structure: missing or "
                             "superfluous commas, braces, missing keys, "
                             "etc.";

INSTANTIATE_TEST_SUITE_P(
    Arrays,
    ReviewJson,
    testing::Values(
        json_case{
            "ManagedFields",
            R"({"a":1,"managedFields":[{"f:a":{"f:b":{}}},[1]],"b":2})",
            R"({"a":1,"managedFields":[],"b":2})"},
        json_case{
            "OfAPodsSpec",
            R"({"env":[{"name":"A"}],"envFrom":[{}],"volumeMounts":[{}],"tolerations":[{}],"ports":[1]})",
            R"({"env":[],"envFrom":[],"volumeMounts":[],"tolerations":[],"ports":[1]})"},
        json_case{
            "EachOfSeveral",
            R"({"x":{"managedFields":[1]},"y":{"managedFields":[{}],"z":[3]},"managedFields":[[]]})",
            R"({"x":{"managedFields":[]},"y":{"managedFields":[],"z":[3]},"managedFields":[]})"},
        json_case{
            "OneWithinAnother",
            R"({"managedFields":[{"managedFields":[1]}],"b":[2]})",
            R"({"managedFields":[],"b":[2]})"},
        json_case{
            "WithSpaces",
            "{ \"managedFields\" :\n [ { \"]\" : \"}\" } ] , \"b\" : 2 }",
            R"({"managedFields":[],"b":2})"},
        json_case{
            "BracketsInStringsDoNotCount",
            R"({"managedFields":["]","\"]","{"],"b":2})",
            R"({"managedFields":[],"b":2})"},
        json_case{"AnEmptyOne", R"({"managedFields":[],"b":2})", R"({"managedFields":[],"b":2})"}
    ),
    case_name()
);

INSTANTIATE_TEST_SUITE_P(
    NothingElse,
    ReviewJson,
    testing::Values(
        json_case{"Objects", R"({"managedFields":{"a":[1]}})", R"({"managedFields":{"a":[1]}})"},
        json_case{"Strings", R"({"managedFields":"[1]"})", R"({"managedFields":"[1]"})"},
        json_case{"Values", R"({"a":"managedFields","b":[1]})", R"({"a":"managedFields","b":[1]})"},
        json_case{"Elements", R"(["managedFields",[1]])", R"(["managedFields",[1]])"},
        json_case{"LongerKeys", R"({"managedFields2":[1]})", R"({"managedFields2":[1]})"},
        json_case{"ShorterKeys", R"({"en":[1],"":[2]})", R"({"en":[1],"":[2]})"},
        json_case{"OtherCase", R"({"managedfields":[1]})", R"({"managedfields":[1]})"},
        json_case{"TextWithoutIt", R"({"a":[1,{"b":null}]})", R"({"a":[1,{"b":null}]})"}
    ),
    case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Refuses,
    ReviewJson,
    testing::Values(
        json_case{"AnotherBracketAtItsEnd", R"({"managedFields":[1},"b":2})", bad_json},
        json_case{"NoEnd", R"({"managedFields":[{"a":1})", bad_json},
        json_case{"OneBracketTooMany", R"({"managedFields":[1]],"b":2})", bad_json},
        json_case{
            "AStringWithoutEnd",
            R"({"managedFields":["a],"b":2})",
            "error: A string is opened, but never closed."},
        json_case{
            "WhatIsNoUtf8",
            "{\"managedFields\":[\"\xff\"]}",
            "error: The input is not valid UTF-8"},
        json_case{"NoCommaBehindIt", R"({"managedFields":[1] "b":2})", bad_json},
        json_case{"Nothing", "", "error: Empty: no JSON found"}
    ),
    case_name()
);

// The second text must not meet anything of the first, which was longer.
TEST(ReviewJsonParser, IsUsedAgain) {
    simdjson::dom::parser parser;
    ASSERT_EQ(parser.allocate(64 * 1024, most_json_levels), simdjson::SUCCESS);
    const simdjson::padded_string first(std::string(R"({"managedFields":[1,2,3,4],"b":[2]})"));
    const simdjson::padded_string second(std::string(R"({"b":1})"));
    simdjson::dom::element root;
    ASSERT_EQ(parse_review_json({first.data(), first.size()}, parser).get(root), simdjson::SUCCESS);
    ASSERT_EQ(
        parse_review_json({second.data(), second.size()}, parser).get(root), simdjson::SUCCESS
    );
    EXPECT_EQ(simdjson::minify(root), R"({"b":1})");
}

} // namespace
} // namespace gatehouse::server
