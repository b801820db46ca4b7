#include "policy/yaml/json.h"

#include "policy/yaml/tree.h"
#include "tests/support/case_name.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <string_view>

namespace gatehouse::policy {
namespace {

/// The JSON of the text's only document, or "line:column: what is wrong with it".
std::string converted(std::string_view text) {
    const std::vector<yaml_document> documents = parse_yaml(text);
    if (documents.size() != 1) {
        return "not one document";
    }
    const auto problem_text = [](const yaml_problem& problem) {
        return std::to_string(problem.at.line) + ":" + std::to_string(problem.at.column) + ": "
               + problem.message;
    };
    if (documents.front().has_problem) {
        return problem_text(documents.front().problem);
    }
    const yaml_as_json out = json_of(documents.front().root);
    return out.problem ? problem_text(*out.problem) : out.text;
}

/// Equal as JSON, numbers by kind too: a whole number must not become `1.0`.
std::string normal(const std::string& text) {
    const auto value = nlohmann::json::parse(text, nullptr, false);
    return value.is_discarded() ? "error" : value.dump();
}

// Each line: YAML as a JSON string, a tab, what sigs.k8s.io/yaml makes of it (oracle.go beside it).
TEST(YamlAsJson, ReadsWhatTheLibraryOfKubectlReads) {
    std::istringstream lines(testing_support::text_of(GATEHOUSE_TEST_DATA "/yaml11/values.tsv"));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const std::size_t tab = line.find('\t');
        ASSERT_NE(tab, std::string::npos) << line;
        const std::string yaml = nlohmann::json::parse(line.substr(0, tab));
        EXPECT_EQ(normal(converted(yaml)), normal(line.substr(tab + 1)))
            << yaml << "\ngives " << converted(yaml);
    }
    EXPECT_GT(count, 190U);
}

struct refusal {
    std::string name;
    std::string_view yaml;
    std::string_view problem;
};

class YamlAsJsonRefuses : public testing::TestWithParam<refusal> {};

TEST_P(YamlAsJsonRefuses, WithTheWholeMessage) {
    EXPECT_EQ(converted(GetParam().yaml), GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    YamlAsJsonRefuses,
    testing::Values(
        refusal{"KeyTwice", "a: 1\nb: 2\na: 3", R"(3:1: the key "a" stands twice)"},
        refusal{"KeyTwiceInFlow", "x: {a: 1, a: 2}", R"(1:11: the key "a" stands twice)"},
        refusal{"KeyTwiceOnceQuoted", "1: a\n\"1\": b", R"(2:1: the key "1" stands twice)"},
        refusal{"KeyTwiceByMeaning", "yes: a\non: b", R"(2:1: the key "true" stands twice)"},
        refusal{
            "KeyTwiceAroundAMerge",
            "a: 1\n<<: {a: 2}\na: 3",
            R"(3:1: the key "a" stands twice)"},
        refusal{"KeyTwiceInAMerge", "<<: {a: 1, a: 2}", R"(1:12: the key "a" stands twice)"},
        refusal{"NullKey", "~: a", "1:1: null cannot be a key"},
        refusal{"ListKey", "? [a]\n: b", "1:3: a list or mapping cannot be a key"},
        refusal{
            "HugeKey",
            "18446744073709551615: a",
            "1:1: a number beyond 63 bits cannot be a key"},
        refusal{"InfiniteNumber", "a: [.inf]", "1:5: .inf has no JSON form"},
        refusal{"NotANumber", "a: !!float .nan", "1:4: .nan has no JSON form"},
        refusal{"WrongInteger", "a: !!int 1x", R"(1:4: "1x" is not a valid !!int)"},
        refusal{"WrongBoolean", "a: !!bool 1", R"(1:4: "1" is not a valid !!bool)"},
        refusal{
            "Binary",
            "a: !!binary bmdpbng=",
            "1:4: !!binary is not supported; write the base64 text as a string"},
        refusal{
            "MergeOfAScalar",
            "<<: 1",
            "1:5: a merge key takes a mapping or a list of mappings"},
        refusal{"MergeOfNothing", "<<:", "1:1: a merge key takes a mapping or a list of mappings"},
        refusal{
            "MergeOfAListOfScalars",
            "<<: [{}, 1]",
            "1:10: a merge key takes a mapping or a list of mappings"}
    ),
    testing_support::case_name()
);

TEST(YamlAsJson, KeepsOrderAndEscapesText) {
    EXPECT_EQ(converted("b: \"x\\n\\\"\"\na: [1, ~]"), R"({"b":"x\u000a\"","a":[1,null]})");
}

} // namespace
} // namespace gatehouse::policy
