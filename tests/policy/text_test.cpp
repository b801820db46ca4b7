#include "policy/text.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

struct excerpt_case {
    std::string name;
    std::string text;
    std::string shown;
};

class Printable : public testing::TestWithParam<excerpt_case> {};

TEST_P(Printable, Shows) { EXPECT_EQ(printable(GetParam().text, 20), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    Text,
    Printable,
    testing::Values(
        excerpt_case{"Plain", "nginx:1.27", "nginx:1.27"},
        excerpt_case{"Empty", "", ""},
        excerpt_case{"Newline", "a\nb", "a\\nb"},
        excerpt_case{"Escape", "a\x1b[31m", "a\\u{1b}[31m"},
        excerpt_case{"NextLine", "g\xc2\x85n", "g\\u{85}n"},
        excerpt_case{"RightToLeft", "d\xe2\x80\xaer", "d\\u{202e}r"},
        excerpt_case{"FourBytes", "a\xf0\x9f\x98\x80", "a\\u{1f600}"},
        excerpt_case{"CarriageReturnAndTab", "a\r\tb", "a\\r\\tb"},
        excerpt_case{"NotUtf8", "a\xff", "a\\x{ff}"},
        excerpt_case{"CutShort", "a\xe2\x80", "a\\x{e2}\\x{80}"},
        excerpt_case{"BrokenOff", "\xc3(", "\\x{c3}("},
        excerpt_case{"ExactlyTheLimit", "12345678901234567890", "12345678901234567890"},
        excerpt_case{"OneTooLong", "123456789012345678901", "12345678901234567..."},
        excerpt_case{"NoHalfEscape", "1234567890123456\n\n\n", "1234567890123456..."}
    ),
    testing_support::case_name()
);

TEST(OneLine, KeepsLettersAndEscapesWhatHides) {
    EXPECT_EQ(one_line("/etc/\xe7\x94\xa8/a b.yaml"), "/etc/\xe7\x94\xa8/a b.yaml");
    EXPECT_EQ(one_line("a\nb\x1b[1m\x7f\xff"), "a\\nb\\u{1b}[1m\\u{7f}\\x{ff}");
    EXPECT_EQ(
        one_line("a\xe2\x80\xae"
                 "b"),
        "a\\u{202e}b"
    );
}

TEST(OneLine, EscapesEveryCharacterThatIsNotSeen) {
    EXPECT_EQ(
        one_line("\xc2\x85\xe2\x80\x8b\xe2\x80\xa8\xe2\x81\xa0\xef\xbb\xbf"),
        "\\u{85}\\u{200b}\\u{2028}\\u{2060}\\u{feff}"
    );
    EXPECT_EQ(
        one_line("\xc2\xa0\xe2\x80\x90\xf0\x9f\x98\x80"), "\xc2\xa0\xe2\x80\x90\xf0\x9f\x98\x80"
    );
}

TEST(Quoted, EscapesQuotesAndBackslashes) { EXPECT_EQ(quoted("a\"b\\c"), R"("a\"b\\c")"); }

TEST(Quoted, IsNeverLongerThanItsLimit) { EXPECT_EQ(quoted("abcdefghijkl", 10), "\"abcde...\""); }

TEST(PlainOrQuoted, QuotesWhatIsNoIdentifier) {
    EXPECT_EQ(plain_or_quoted("reg.example:5000/a/b@sha256:0"), "reg.example:5000/a/b@sha256:0");
    EXPECT_EQ(plain_or_quoted("two words"), "\"two words\"");
    EXPECT_EQ(plain_or_quoted(""), "\"\"");
}

TEST(Joined, CutsAtMost) {
    const std::vector<std::string> items = {"a", "b", "c"};
    EXPECT_EQ(joined(items, 3), "a, b, c");
    EXPECT_EQ(joined(items, 2), "a, b and 1 more");
}

TEST(Counted, HasAPlural) {
    EXPECT_EQ(counted(1, "rule"), "1 rule");
    EXPECT_EQ(counted(2, "rule"), "2 rules");
}

TEST(Cut, KeepsWholeCharacters) {
    EXPECT_EQ(cut("abc", 3), "abc");
    EXPECT_EQ(cut("ab\xc3\xbc", 3), "ab");
    EXPECT_EQ(cut("\xbc\xbc", 1), "");
}

struct glob_case {
    std::string name;
    std::string pattern;
    std::string text;
    bool matches;
};

class Glob : public testing::TestWithParam<glob_case> {};

TEST_P(Glob, Matches) {
    EXPECT_EQ(matches_glob(GetParam().pattern, GetParam().text), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Text,
    Glob,
    testing::Values(
        glob_case{"Literal", "prod", "prod", true},
        glob_case{"Anchored", "prod", "prod-2", false},
        glob_case{"CaseSensitive", "Prod", "prod", false},
        glob_case{"StarTakesNothing", "prod*", "prod", true},
        glob_case{"StarTakesSlashes", "*web", "prod/a/web", true},
        glob_case{"QuestionMarkIsOne", "v?", "v1", true},
        glob_case{"QuestionMarkIsNotNone", "v?", "v", false},
        glob_case{"BracketsAreLiteral", "[a]", "a", false},
        glob_case{"TailIsAnchored", "*-dev", "1.2-dev", true},
        glob_case{"TailMayHoldQuestionMarks", "*-v?", "app-v7", true},
        glob_case{"TailMustDiffer", "*-dev", "1.2-dew", false},
        glob_case{"HeadAndTailDoNotShareBytes", "ab*ba", "aba", false},
        glob_case{"QuestionMarkBetweenStars", "*a?c*", "xabxabcx", true},
        glob_case{"StarsBacktrack", "*a*b*c", "xaxbxbxc", true},
        glob_case{"EmptyMatchesEmpty", "", "", true},
        glob_case{"EmptyMatchesNothingElse", "", "a", false}
    ),
    testing_support::case_name()
);

TEST(Glob, ManyStarsStayCheap) {
    std::string pattern;
    for (int i = 0; i < 200; ++i) {
        pattern += "*a";
    }
    EXPECT_FALSE(matches_glob(pattern + "b", std::string(20'000, 'a')));
}

TEST(JsonEscape, FindsWhatMustBeEscapedWhereverItStands) {
    for (const char odd : {'\0', '\x01', '\x1f', '"', '\\'}) {
        std::string shown;
        append_json_escaped(shown, std::string(1, odd));
        for (std::size_t before = 0; before < 20; ++before) {
            for (std::size_t behind = 0; behind < 20; ++behind) {
                std::string text(before, 'a');
                text += odd;
                text.append(behind, 'b');
                std::string out;
                append_json_escaped(out, text);
                EXPECT_EQ(out, std::string(before, 'a') + shown + std::string(behind, 'b'));
            }
        }
    }
}

TEST(JsonEscape, LeavesAllOtherBytesAlone) {
    std::string text;
    for (int byte = 0x20; byte < 0x100; ++byte) {
        if (byte != '"' && byte != '\\') {
            text += static_cast<char>(byte);
        }
    }
    std::string out;
    append_json_escaped(out, text);
    EXPECT_EQ(out, text);
}

TEST(JsonEscape, EscapesWhatMustBe) {
    std::string out;
    append_json_escaped(out, "a\"b\\c\n\x01\xc3\xbc");
    EXPECT_EQ(out, "a\\\"b\\\\c\\u000a\\u0001\xc3\xbc");
}

} // namespace
} // namespace gatehouse::policy
