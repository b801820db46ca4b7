#include "server/admission/parse_body.h"

#include "server/admission/judge.h"
#include "tests/support/case_name.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace gatehouse::server {
namespace {

constexpr std::string_view managed =
    R"({"metadata":{"name":"web","managedFields":[{"manager":"kubectl-create","operation":"Update",)"
    R"("fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":)"
    R"({"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"A\"}":{".":{},)"
    R"("f:value":{}}}}},"f:dnsPolicy":{}}}},{"manager":"kubelet","fieldsV1":{"f:status":{"f:phase":)"
    R"({}}},"subresource":"status"}]},"spec":{"hostNetwork":true}})";

/// What is left of the text, minified; or what is wrong with it.
std::string parsed(const std::string& text) {
    const simdjson::padded_string padded(text);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (const auto error = parse_body({padded.data(), padded.size()}, parser).get(root)) {
        return simdjson::error_message(error);
    }
    return simdjson::minify(root);
}

/// The same without anything left out.
std::string parsed_whole(const std::string& text) {
    const simdjson::padded_string padded(text);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (const auto error = parser.parse(padded).get(root)) {
        return simdjson::error_message(error);
    }
    return simdjson::minify(root);
}

/// Field sets made empty.
nlohmann::json without_sets(nlohmann::json value) {
    if (!value.is_structured()) {
        return value;
    }
    for (auto& [key, inner] : value.items()) {
        inner = key == "fieldsV1" && inner.is_object() ? nlohmann::json::object()
                                                       : without_sets(std::move(inner));
    }
    return value;
}

TEST(ParseBody, LeavesOutTheFieldSets) {
    EXPECT_EQ(
        parsed(std::string(managed)),
        R"({"metadata":{"name":"web","managedFields":[{"manager":"kubectl-create","operation":"Update",)"
        R"("fieldsType":"FieldsV1","fieldsV1":{}},{"manager":"kubelet","fieldsV1":{},"subresource":)"
        R"("status"}]},"spec":{"hostNetwork":true}})"
    );
}

TEST(ParseBody, LeavesOutAsManyLevelsAsObjectsHave) {
    const auto nested = [](int levels) {
        std::string text = R"({"fieldsV1":{)";
        for (int level = 1; level < levels; ++level) {
            text += R"("f:a":{)";
        }
        return text.append(static_cast<std::size_t>(levels) + 1, '}');
    };
    EXPECT_EQ(parsed(nested(32)), R"({"fieldsV1":{}})");
    EXPECT_EQ(parsed(nested(33)), nested(33));
}

TEST(ParseBody, LevelsOfFieldSetsAreNotLimited) {
    const auto inside = [](std::size_t lists) {
        return std::string(lists, '[') + R"({"fieldsV1":{"f:a":{"f:b":{}}}})"
               + std::string(lists, ']');
    };
    EXPECT_THAT(parsed(inside(most_json_levels - 4)), testing::HasSubstr(R"("fieldsV1":{})"));
    EXPECT_THAT(parsed(inside(most_json_levels - 3)), testing::HasSubstr(R"("fieldsV1":{})"));
    EXPECT_EQ(parsed(inside(most_json_levels)), simdjson::error_message(simdjson::DEPTH_ERROR));
}

TEST(ParseBody, OneParserServesBodiesOfEverySizeAndShape) {
    simdjson::dom::parser parser;
    const auto parse = [&](const std::string& text) -> std::string {
        const simdjson::padded_string padded(text);
        simdjson::dom::element root;
        if (const auto error = parse_body({padded.data(), padded.size()}, parser).get(root)) {
            return simdjson::error_message(error);
        }
        return simdjson::minify(root);
    };
    const std::string set = R"({"fieldsV1":{"f:a":{}}})";
    const std::string large = R"({"a":")" + std::string(100'000, 'x') + R"("})";
    EXPECT_EQ(parse(""), simdjson::error_message(simdjson::EMPTY));
    EXPECT_EQ(parse(" "), simdjson::error_message(simdjson::EMPTY));
    EXPECT_EQ(parse(set), R"({"fieldsV1":{}})");
    EXPECT_EQ(parse("{"), simdjson::error_message(simdjson::TAPE_ERROR));
    EXPECT_EQ(parse(large), large);
    EXPECT_EQ(parse(set), R"({"fieldsV1":{}})");
}

/// A text with many of the letter that is searched for is not searched to its end.
TEST(ParseBody, GivesUpWhereTheSearchCostsMoreThanItSaves) {
    const std::string set = R"({"fieldsV1":{"f:a":{}}})";
    const auto behind = [&](std::size_t letters) {
        return R"([")" + std::string(letters, 'V') + R"(",)" + set + "]";
    };
    EXPECT_THAT(parsed(behind(1023)), testing::EndsWith(R"({"fieldsV1":{}}])"));
    EXPECT_EQ(parsed(behind(1024)), behind(1024));
}

struct whole_case {
    const char* name;
    std::string text;
};

class FieldSetKept : public testing::TestWithParam<whole_case> {};

TEST_P(FieldSetKept, IsParsedAsAnythingElse) {
    EXPECT_EQ(parsed(GetParam().text), parsed_whole(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    Valid,
    FieldSetKept,
    testing::Values(
        whole_case{"Empty", R"({"fieldsV1":{}})"},
        whole_case{"OfOtherValues", R"({"fieldsV1":{"f:a":{"f:b":1}}})"},
        whole_case{"OfLists", R"({"fieldsV1":{"f:a":{"f:b":[{}]}}})"},
        whole_case{"OfTexts", R"({"fieldsV1":{"f:a":{},"f:b":"c"}})"},
        whole_case{"AnotherWithin", R"({"fieldsV1":{"fieldsV1":{"f:a":{}},"f:b":1}})"},
        whole_case{"Spaced", R"({"fieldsV1": {"f:a": {}, "f:b": {}}})"},
        whole_case{"SpacedAround", R"( { "fieldsV1" : { "f:a" :{} , "f:b": {} } } )"},
        whole_case{"SpacedWithin", R"({"fieldsV1":{"f:a":{ }}})"},
        whole_case{"OtherEscapes", R"({"fieldsV1":{"f:a\\":{},"f:\u0062":{}}})"},
        whole_case{"InAText", R"({"a":"\"fieldsV1\":{\"f:a\":{}}"})"},
        whole_case{"OfALongerKey", R"({"a\"fieldsV1":{"f:a":{}}})"},
        whole_case{"AList", R"({"fieldsV1":[{"f:a":{}}]})"}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Invalid,
    FieldSetKept,
    testing::Values(
        whole_case{"Ended", R"({"fieldsV1":{"f:a":{)"},
        whole_case{"EndedBehindAKey", R"({"fieldsV1":{"f:a")"},
        whole_case{"EndedBehindAComma", R"({"fieldsV1":{"f:a":{},)"},
        whole_case{"EndedBehindBrackets", R"({"fieldsV1":{"f:a":{}})"},
        whole_case{"ACommaTooMany", R"({"fieldsV1":{"f:a":{},}})"},
        whole_case{"ACommaInFront", R"({"fieldsV1":{,"f:a":{}}})"},
        whole_case{"NoComma", R"({"fieldsV1":{"f:a":{}"f:b":{}}})"},
        whole_case{"NoColon", R"({"fieldsV1":{"f:a"{}}})"},
        whole_case{"TwoKeys", R"({"fieldsV1":{"f:a""f:b":{}}})"},
        whole_case{"AWordBehindAKey", R"({"fieldsV1":{"f:a"true:{}}})"},
        whole_case{"AnotherBracket", R"({"fieldsV1":{"f:a":{]}})"},
        whole_case{"ABracketTooMany", R"({"fieldsV1":{"f:a":{}}}})"},
        whole_case{"BadEscape", R"({"fieldsV1":{"f:a\x":{}}})"},
        whole_case{"BadEscapeFarIn", R"({"fieldsV1":{"f:)" + std::string(200, 'a') + R"(\x":{}}})"},
        whole_case{"ControlCharacter", "{\"fieldsV1\":{\"f:\n\":{}}}"},
        whole_case{"NoUtf8", "{\"fieldsV1\":{\"f:\xff\":{}}}"}
    ),
    testing_support::case_name()
);

/// Every byte of two real sets made another: refused exactly where a parser of the whole refuses it.
TEST(ParseBody, RefusesWhateverTheWholeParserRefuses) {
    int refused = 0;
    for (std::size_t at = 0; at < managed.size(); ++at) {
        for (const char other : std::string_view("{}[]:,\"\\ 1n\x01")) {
            std::string text(managed);
            text[at] = other;
            const std::string whole = parsed_whole(text);
            const std::string got = parsed(text);
            ASSERT_EQ(got.starts_with('{'), whole.starts_with('{')) << text;
            if (got.starts_with('{')) {
                using nlohmann::json;
                ASSERT_EQ(without_sets(json::parse(got)), without_sets(json::parse(whole))) << text;
            } else {
                ++refused;
                ASSERT_EQ(got, whole) << text;
            }
        }
    }
    EXPECT_GT(refused, 1000);
}

} // namespace
} // namespace gatehouse::server
