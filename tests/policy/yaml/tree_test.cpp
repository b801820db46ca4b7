#include "policy/yaml/tree.h"

#include "tests/support/case_name.h"
#include "tests/support/yaml_shown.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing_support::shown;

std::vector<std::string> documents(std::string_view text, const yaml_limits& limits = {}) {
    std::vector<std::string> out;
    for (const yaml_document& document : parse_yaml(text, limits)) {
        EXPECT_EQ(document.number, out.size() + 1);
        out.push_back(shown(document));
    }
    return out;
}

struct tree_case {
    std::string name;
    std::string text;
    std::string tree;
};

class YamlTree : public testing::TestWithParam<tree_case> {};

TEST_P(YamlTree, Reads) { EXPECT_THAT(documents(GetParam().text), ElementsAre(GetParam().tree)); }

INSTANTIATE_TEST_SUITE_P(
    Yaml,
    YamlTree,
    testing::Values(
        tree_case{"NeverGuesses", "a: yes\nb: 010\nc: 1.27", "{a: yes, b: 010, c: 1.27}"},
        tree_case{
            "QuotedIsNotPlain",
            "['a', \"b\", |-\n c\n]",
            "1:12: not valid YAML: a text cannot begin with this character; quote it"},
        tree_case{
            "QuotedIsNotPlainInBlocks",
            "- 'a'\n- \"b\"\n- |-\n  c\n- d",
            "[\"a\", \"b\", \"c\", d]"},
        tree_case{"NullWordsAreText", "[~, null, Null, NULL, nULL]", "[~, null, Null, NULL, nULL]"},
        tree_case{
            "NothingIsNull",
            "a:\nb: \nc: {d: , e: }\nf:\n-\n-",
            "{a: -, b: -, c: {d: -, e: -}, f: [-, -]}"},
        tree_case{"NothingBeforeANullKey", "a:\nnull: b", "{a: -, null: b}"},
        tree_case{"NothingBeforeANullKeyDeeper", "a:\n  b:\n  -\n~: c", "{a: {b: [-]}, ~: c}"},
        tree_case{"NothingWithAnAnchorBeforeANullKey", "a: &x\nnull: b", "{a: -, null: b}"},
        tree_case{"NothingBeforeAnAnchoredNullKey", "a:\n&x null: b", "{a: -, null: b}"},
        tree_case{"NullWordWithAnAnchor", "a: &x null\nb: *x", "{a: null, b: null}"},
        tree_case{
            "TagsStay",
            "a: !!str 5\nb: !mine {}\nc: ! 5",
            "{a: !tag:yaml.org,2002:str \"5\", b: !!mine {}, c: \"5\"}"},
        tree_case{"DuplicatesStay", "a: 1\na: 2", "{a: 1, a: 2}"},
        tree_case{"MergeKeysStay", "a: &x {b: 1}\nc: {<<: *x}", "{a: {b: 1}, c: {<<: {b: 1}}}"},
        tree_case{"AliasesAreExpanded", "- &a [x, &b y]\n- *a\n- *b", "[[x, y], [x, y], y]"},
        tree_case{"AnAnchorMayBeGivenAgain", "- &a x\n- *a\n- &a y\n- *a", "[x, x, y, y]"},
        tree_case{"KeysMayBeAnything", "? [a]\n: b\n{c: d}: e", "{[a]: b, {c: d}: e}"},
        tree_case{"Comments", "# a\na: b # c\n# d", "{a: b}"},
        tree_case{"CommentsAreNotText", "a: b#c", "{a: b#c}"},
        tree_case{
            "LineEndsOfWindows",
            "a:\r\n- b\r\n- |\r\n  c\r\n  d\r\n",
            "{a: [b, \"c\nd\n\"]}"},
        tree_case{
            "ByteOrderMark",
            "\xef\xbb\xbf"
            "a: b",
            "{a: b}"},
        tree_case{
            "Json",
            "{\"a\":[1,true,null,\"\\u00e4\\/\"],\n\t\"b\":{}}",
            "{\"a\": [1, true, null, \"\xc3\xa4/\"], \"b\": {}}"},
        tree_case{
            "JsonSurrogates",
            "[\"\\ud83d\\ude00\",\"\\\\ud83d\\ude00\"]",
            "1:31: not valid YAML: invalid unicode: 56832"},
        tree_case{
            "JsonSurrogatesTwice",
            "[\"\\ud83d\\ude00\",\"\\uD83D\\uDE01!\"]",
            "[\"\xf0\x9f\x98\x80\", \"\xf0\x9f\x98\x81!\"]"},
        tree_case{"JsonBackslashBeforeU", "[\"\\\\ud83d\\\\ude00\"]", "[\"\\ud83d\\ude00\"]"},
        tree_case{"Scalar", "just text", "just text"},
        tree_case{"Version", "%YAML 1.2\n---\na: b", "{a: b}"},
        tree_case{"VersionAndComment", "# x\n%YAML 1.1 # y\n--- # z\na: b", "{a: b}"},
        tree_case{"FoldedText", "a: >\n  b\n  c\n\n  d\n", "{a: \"b c\nd\n\"}"}
    ),
    testing_support::case_name()
);

struct problem_case {
    std::string name;
    std::string text;
    std::string problem;
};

class YamlProblem : public testing::TestWithParam<problem_case> {};

TEST_P(YamlProblem, Tells) {
    EXPECT_THAT(documents(GetParam().text), ElementsAre(GetParam().problem));
}

constexpr const char* not_a_field =
    "not valid YAML: expected a field and its `:` here; check the indentation";
constexpr const char* no_colon_here =
    "not valid YAML: a `:` cannot stand here; check the indentation, or quote the text";

INSTANTIATE_TEST_SUITE_P(
    Yaml,
    YamlProblem,
    testing::Values(
        problem_case{"BadIndentation", "a: b\n c: d", std::string("2:3: ") + no_colon_here},
        problem_case{"TextBehindQuotes", "a: \"b\" c", std::string("1:8: ") + not_a_field},
        problem_case{"TwoColons", "a: b: c", std::string("1:5: ") + no_colon_here},
        problem_case{"LastLineWithoutColon", "a: 1\nb", "2:1: expected a `:` behind this"},
        problem_case{"LastLineWithoutColonEnds", "a: 1\nb\n", std::string("2:1: ") + not_a_field},
        problem_case{"ListInMapping", "a: 1\n- b", std::string("2:1: ") + not_a_field},
        problem_case{
            "ListOnTheLineOfItsKey",
            "a: - b",
            "1:4: not valid YAML: a list item (`- `) cannot stand here; check the indentation"},
        problem_case{
            "MappingInList",
            "- a\nb: c",
            "2:1: not valid YAML: the document ended before this; check the indentation"},
        problem_case{
            "OpenQuote",
            "a: 'b",
            "1:6: not valid YAML: a quoted text has no closing quote"},
        problem_case{
            "OpenQuoteAndBlanks",
            "a: \"b\n  ",
            "2:3: not valid YAML: a quoted text has no closing quote"},
        problem_case{"OpenBrace", "a: {b: c", "1:9: not valid YAML: expected `,` or `}` here"},
        problem_case{"OpenBracket", "a: [b", "1:6: not valid YAML: expected `,` or `]` here"},
        problem_case{
            "ClosedTwice",
            "[a]]",
            "1:4: not valid YAML: this bracket closes nothing that is open"},
        problem_case{
            "OtherBracket",
            "[a}",
            "1:3: not valid YAML: this bracket closes nothing that is open"},
        problem_case{
            "ReservedIndicator",
            "a: @b",
            "1:4: not valid YAML: a text cannot begin with this character; quote it"},
        problem_case{"Tab", "a:\n\tb: c", "2:3: not valid YAML: a tab cannot indent; use spaces"},
        problem_case{
            "TabOnTheFirstLine",
            "\ta: b",
            "1:3: not valid YAML: a tab cannot indent; use spaces"},
        problem_case{"Escape", "\"\\q\"", "1:4: not valid YAML: unknown escape character: q"},
        problem_case{
            "UndefinedAlias",
            "a: *b",
            "1:4: not valid YAML: the referenced anchor is not defined"},
        problem_case{
            "AliasBeforeItsAnchor",
            "[*a, &a b]",
            "1:2: not valid YAML: the referenced anchor is not defined"},
        problem_case{
            "AliasInsideItsAnchor",
            "&a [*a]",
            "1:5: not valid YAML: an alias may not stand inside the node that it names"},
        problem_case{
            "TextBehindTheDocument",
            "{a: b}\nc: d",
            "2:1: not valid YAML: the document ended before this; check the indentation"},
        problem_case{
            "LoneComma",
            ", a",
            "1:1: not valid YAML: the document ended before this; check the indentation"},
        problem_case{
            "LateDirective",
            "a: 1\n%YAML 1.2\n",
            "2:1: not valid YAML: a line cannot begin with `%` here"},
        problem_case{
            "DirectiveWithoutMarker",
            "%YAML 1.2\na: b",
            "1:1: a directive must be followed by a line of `---`"},
        problem_case{
            "DirectiveAlone",
            "# a\n%YAML 1.2\n",
            "2:1: a directive must be followed by a line of `---`"},
        problem_case{
            "TagDirective",
            "%TAG ! a\n---\nb",
            "1:1: the directive \"%TAG\" is not supported"},
        problem_case{"YamlTwo", "%YAML 2.0\n---\na", "1:1: YAML version \"2.0\" is not supported"},
        problem_case{"NotUtf8", "a: b\nc: \xff", "2:4: this is not UTF-8"},
        problem_case{"Overlong", "a: \xc0\xaf", "1:4: this is not UTF-8"},
        problem_case{"Surrogate", "a: \xed\xa0\x80", "1:4: this is not UTF-8"},
        problem_case{"OverlongInThreeBytes", "a: \xe0\x80\xaf", "1:4: this is not UTF-8"},
        problem_case{"BeyondUnicode", "a: \xf4\x90\x80\x80", "1:4: this is not UTF-8"},
        problem_case{"BrokenOff", "a: \xe2(\xa1", "1:4: this is not UTF-8"},
        problem_case{
            "NoCharacters",
            "a: \xef\xbf\xbe",
            "1:4: the character U+FFFE is not allowed; write it as an escape in quotes"},
        problem_case{
            "NoCharactersEither",
            "a: \xef\xbf\xbf",
            "1:4: the character U+FFFF is not allowed; write it as an escape in quotes"},
        problem_case{
            "ParagraphSeparator",
            "a: \xe2\x80\xa9",
            "1:4: the character U+2029 is not allowed; write it as an escape in quotes"},
        problem_case{
            "Delete",
            "a: \x7f",
            "1:4: the character U+007F is not allowed; write it as an escape in quotes"},
        problem_case{
            "CarriageReturnAtTheEnd",
            "a: b\r",
            "1:5: a carriage return may stand only before a line feed"},
        problem_case{"TruncatedUtf8", "\xc3\xa4: \xc3", "1:4: this is not UTF-8"},
        problem_case{
            "Nul",
            std::string("a: b\0c", 6),
            "1:5: the character U+0000 is not allowed; write it as an escape in quotes"},
        problem_case{
            "YamlCppsEndOfFile",
            "a: b\n\x04\nc: d",
            "2:1: the character U+0004 is not allowed; write it as an escape in quotes"},
        problem_case{
            "LineSeparator",
            "# a\xe2\x80\xa8"
            "b: c",
            "1:4: the character U+2028 is not allowed; write it as an escape in quotes"},
        problem_case{
            "NextLine",
            "# a\xc2\x85"
            "b: c",
            "1:4: the character U+0085 is not allowed; write it as an escape in quotes"},
        problem_case{
            "LoneCarriageReturn",
            "# a\rb: c",
            "1:4: a carriage return may stand only before a line feed"},
        problem_case{
            "LateByteOrderMark",
            "a: \xef\xbb\xbf"
            "b",
            "1:4: a byte order mark may stand only at the beginning of a file"},
        problem_case{"AfterTheEnd", "...\n... b\n", "2:1: only a comment may follow `...`"}
    ),
    testing_support::case_name()
);

struct stream_case {
    std::string name;
    std::string text;
    std::vector<std::string> documents;
};

class YamlStream : public testing::TestWithParam<stream_case> {};

TEST_P(YamlStream, Splits) {
    EXPECT_THAT(documents(GetParam().text), testing::ElementsAreArray(GetParam().documents));
}

INSTANTIATE_TEST_SUITE_P(
    Yaml,
    YamlStream,
    testing::Values(
        stream_case{"Nothing", "", {}},
        stream_case{
            "BadCharacterInAComment",
            "# a\x01\n---\nb\n...\n# c\x02",
            {"1:4: the character U+0001 is not allowed; write it as an escape in quotes",
             "5:4: the character U+0002 is not allowed; write it as an escape in quotes"}},
        stream_case{"CommentsOnly", "\n# a\n  # b\n", {}},
        stream_case{"MarkerOnly", "---\n", {"empty"}},
        stream_case{"MarkerAtTheEnd", "a\n---", {"a", "empty"}},
        stream_case{"EmptyInTheMiddle", "a\n---\n# b\n---\nc", {"a", "empty", "c"}},
        stream_case{"FirstMarkerBeginsTheFirst", "# a\n---\nb\n---\nc", {"b", "c"}},
        stream_case{"TextOnTheMarkersLine", "--- a\n---\tb", {"a", "b"}},
        stream_case{"MarkersOfWindows", "a\r\n---\r\nb\r\n...\r\n", {"a", "b"}},
        stream_case{"NotAMarker", "---a", {"---a"}},
        stream_case{"EndMarkers", "a\n...\n# b\n...\nc\n...\n", {"a", "c"}},
        stream_case{"EndMarkerThenDirective", "a\n...\n%YAML 1.2\n---\nb", {"a", "b"}},
        stream_case{"MarkerInABlockScalar", "a: |\n  b\n---\nc", {"{a: \"b\n\"}", "c"}},
        stream_case{
            "MarkerInQuotes",
            "a: 'b\n---\nc'",
            {"2:1: not valid YAML: a quoted text has no closing quote", "c'"}},
        stream_case{
            "SyntaxErrorHidesNothing",
            "a: [\n---\nb: {\n---\nc",
            {"2:1: not valid YAML: expected `,` or `]` here",
             "4:1: not valid YAML: expected `,` or `}` here",
             "c"}},
        stream_case{"BadByteHidesNothing", "a: \xff\n---\nb", {"1:4: this is not UTF-8", "b"}},
        stream_case{
            "BadDirectiveHidesNothing",
            "%TAG ! a\n---\nb\n---\nc",
            {"1:1: the directive \"%TAG\" is not supported", "c"}},
        stream_case{
            "AnchorsEndWithTheirDocument",
            "&a b\n---\n*a",
            {"b", "3:1: not valid YAML: the referenced anchor is not defined"}}
    ),
    testing_support::case_name()
);

TEST(YamlPosition, CountsFromOneInCharacters) {
    const auto read = parse_yaml("---\n\xc3\xa4: \xc3\xb6\nb:\n  - c\n  - {d: e, f: \"g\"}\n");
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0].at, (position{2, 1}));
    const yaml_node& root = read[0].root;
    EXPECT_EQ(root.at, (position{2, 1}));
    EXPECT_EQ(root.entries[0].key.at, (position{2, 1}));
    EXPECT_EQ(root.entries[0].value.at, (position{2, 4}));
    const yaml_node& list = root.entries[1].value;
    EXPECT_EQ(list.at, (position{4, 3}));
    EXPECT_EQ(list.items[0].at, (position{4, 5}));
    EXPECT_EQ(list.items[1].at, (position{5, 5}));
    EXPECT_EQ(list.items[1].entries[1].key.at, (position{5, 12}));
    EXPECT_EQ(list.items[1].entries[1].value.at, (position{5, 15}));
}

TEST(YamlPosition, OfNothingIsItsKey) {
    const auto read = parse_yaml("a:\n\nb: 1");
    EXPECT_EQ(read[0].root.entries[0].value.at, (position{1, 1}));
}

TEST(YamlPosition, OfAnAliasIsWhereItIsWritten) {
    const auto read = parse_yaml("a: &x [y]\nb: *x");
    const yaml_node& alias = read[0].root.entries[1].value;
    EXPECT_EQ(alias.at, (position{2, 4}));
    EXPECT_EQ(alias.items[0].at, (position{1, 8}));
}

TEST(YamlPosition, SurvivesJoinedSurrogates) {
    const auto read = parse_yaml("[\"\\ud83d\\ude00\", \"\\ud83d\\ude00\", a,\n b]");
    EXPECT_EQ(read[0].root.items[1].at, (position{1, 18}));
    EXPECT_EQ(read[0].root.items[2].at, (position{1, 34}));
    EXPECT_EQ(read[0].root.items[3].at, (position{2, 2}));
}

std::string repeated(std::string_view piece, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) {
        out += piece;
    }
    return out;
}

TEST(YamlLimits, DepthIsBounded) {
    const std::string text = repeated("[", 200) + repeated("]", 200);
    EXPECT_FALSE(parse_yaml(text)[0].has_problem);
    EXPECT_THAT(
        documents("[" + text + "]"),
        ElementsAre("1:201: not valid YAML: nested more than 200 levels deep")
    );
    EXPECT_THAT(
        documents(repeated("- ", 300) + "a"),
        ElementsAre("1:401: not valid YAML: nested more than 200 levels deep")
    );
    EXPECT_THAT(
        documents(repeated("? ", 100'000)),
        ElementsAre(testing::HasSubstr("nested more than 200 levels deep"))
    );
}

TEST(YamlLimits, DepthCountsThroughAliases) {
    const std::string text = "- &a [x]\n- &b [*a]\n- [*b]\n";
    EXPECT_THAT(documents(text, {.depth = 4}), ElementsAre("[[x], [[x]], [[[x]]]]"));
    EXPECT_THAT(documents(text, {.depth = 3}), ElementsAre("3:4: nested more than 3 levels deep"));
}

TEST(YamlLimits, ManyLaughsAreRefused) {
    std::string text = "- &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 50; ++i) {
        text += fmt::format("- &a{} [{}x]\n", i, repeated(fmt::format("*a{}, ", i - 1), 9));
    }
    EXPECT_THAT(
        documents(text, {.nodes = 10'000}),
        ElementsAre("4:48: there are too many nodes; an alias counts as what it names")
    );
}

TEST(YamlLimits, NodesAreCountedOverAllDocuments) {
    EXPECT_THAT(
        documents("[a, b]\n---\n[c, d]\n", {.nodes = 5}),
        ElementsAre("[a, b]", "3:5: not valid YAML: there are too many nodes")
    );
}

TEST(YamlLimits, CopiedTextIsBounded) {
    EXPECT_THAT(
        documents("- &a 12345678\n- [*a, *a]\n", {.text = 26}),
        ElementsAre("[12345678, [12345678, 12345678]]")
    );
    EXPECT_THAT(
        documents("- &a 1234567890\n- [*a, *a]\n", {.text = 29}),
        ElementsAre("2:8: there is too much text; an alias counts as what it names")
    );
}

TEST(YamlLimits, CrowdsOfBracketsAreRefusedUnread) {
    EXPECT_THAT(
        documents(std::string(1'000'001, '[')), ElementsAre("1:1: there are too many nodes")
    );
}

TEST(YamlLimits, TextIsBounded) {
    EXPECT_THAT(documents("a: b", {.text = 4}), ElementsAre("{a: b}"));
    EXPECT_THAT(
        documents("a: b\n", {.text = 4}), ElementsAre("1:1: the text is longer than 4 bytes")
    );
}

TEST(YamlLimits, DocumentsAreBounded) {
    EXPECT_THAT(
        documents("a\n---\nb\n---\nc\n---\nd", {.documents = 2}),
        ElementsAre("a", "b", "4:1: there are more than 2 documents")
    );
}

TEST(YamlLimits, OneLongLineIsNotQuadratic) {
    const auto read = parse_yaml("[" + repeated("\"abcdefghij\",", 60'000) + "0]");
    EXPECT_EQ(read[0].root.items.back().at, (position{1, 780'002}));
}

} // namespace
} // namespace gatehouse::policy
