#include "policy/image/pattern_syntax.h"

#include "policy/image/pattern.h"
#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace gatehouse::policy {
namespace {

struct bad_case {
    std::string name;
    std::string text;
    std::string detail;        ///< behind "the pattern "
    std::string proposed = ""; ///< a pattern that the detail names and that must be a good one
};

class BadPattern : public testing::TestWithParam<bad_case> {};

TEST_P(BadPattern, SaysWhatToWriteInstead) {
    const auto parsed = image_pattern::parse(GetParam().text);
    ASSERT_FALSE(parsed) << parsed.value().text();
    EXPECT_EQ(parsed.error().code(), errc::malformed);
    EXPECT_EQ(parsed.error().detail(), "the pattern " + GetParam().detail);
    if (!GetParam().proposed.empty()) {
        EXPECT_NE(GetParam().detail.find('"' + GetParam().proposed + '"'), std::string::npos);
        const auto proposed = image_pattern::parse(GetParam().proposed);
        EXPECT_TRUE(proposed) << proposed.error().detail();
    }
}

const std::string braces = "has braces; write one pattern for each alternative";
const std::string brackets =
    "has brackets, which are for an IPv6 host; write \"*\" or one pattern for each alternative";
const std::string question = "has a \"?\"; write \"*\", any run of characters inside one segment";
const std::string space = "has a space; no image has one: leave it away";
const std::string digest =
    "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string no_digest =
    "names a digest; a pattern has none, and without a tag it matches every digest: write ";

INSTANTIATE_TEST_SUITE_P(
    Characters,
    BadPattern,
    testing::Values(
        bad_case{"Empty", "", "is empty; write \"**\" for every image", "**"},
        bad_case{"TooLong", std::string(513, 'a'), "has 513 characters; at most 512 are allowed"},
        bad_case{"SpaceBefore", " nginx", space},
        bad_case{"SpaceInside", "r.io/a, r.io/b", space},
        bad_case{"OnlyASpace", " ", space},
        bad_case{"Tab", "nginx\t", "has a character that no image has, at \"\\t\""},
        bad_case{"Umlaut", "r.io/\xc3\xbc", "has a character that no image has, at \"\\u{fc}\""},
        bad_case{
            "Scheme",
            "https://r.io/**",
            "begins with a scheme; leave it away and write \"r.io/**\"",
            "r.io/**"},
        bad_case{
            "OciScheme",
            "oci://r.io/a",
            "begins with a scheme; leave it away and write \"r.io/a\"",
            "r.io/a"},
        bad_case{"Digest", "r.io/a" + digest, no_digest + "\"r.io/a\"", "r.io/a"},
        bad_case{
            "TagAndDigest",
            "reg:5000/a:1" + digest,
            no_digest + "\"reg:5000/a\"",
            "reg:5000/a"},
        bad_case{"BareTagAndDigest", "nginx:1" + digest, no_digest + "\"nginx\"", "nginx"},
        bad_case{"OnlyDigest", digest, no_digest + "\"**\"", "**"},
        bad_case{"QuestionMark", "r.io/ap?", question},
        bad_case{"QuestionMarkInTag", "r.io/app:v?", question},
        bad_case{"Braces", "r.io/{a,b}", braces},
        bad_case{"ClosingBrace", "r.io/a}", braces},
        bad_case{"Brackets", "r.io/[a-z]", brackets},
        bad_case{"BracketsInTheFirstSegment", "[a-z]/app", brackets},
        bad_case{"BracketsInTheHost", "reg[0-9].example/app", brackets},
        bad_case{"BracketsInTag", "nginx:[0-9]", brackets},
        bad_case{"BracketsTwice", "[::1]:5000/[a]", brackets},
        bad_case{"OnlyIpv6", "[::1]:5000", brackets}
    ),
    testing_support::case_name()
);

const std::string segments = "; they are lower-case letters and digits, joined by a dot, one or "
                             "two underscores, or dashes";

std::string no_segment(const std::string& segment) {
    return "can match nothing: no path segment is like \"" + segment + "\"" + segments;
}

std::string beside(const std::string& segment, const std::string& proposed) {
    return "has \"**\" beside other characters in \"" + segment
           + "\"; \"**\" is a whole segment, inside one write \"" + proposed + "\"";
}

std::string variable(const std::string& segment) {
    return "has \"" + segment
           + "\"; \"$(namespace)\" is the only variable and is a whole segment of the path";
}

const std::string three_stars =
    "has \"***\"; write \"**\" for any number of segments, \"*\" for one";

INSTANTIATE_TEST_SUITE_P(
    Path,
    BadPattern,
    testing::Values(
        bad_case{
            "SlashLast",
            "r.io/",
            "ends in a slash; write \"r.io/**\" for all that is below",
            "r.io/**"},
        bad_case{
            "SlashLastTwice",
            "r.io/a//",
            "ends in a slash; write \"r.io/a/**\" for all that is below",
            "r.io/a/**"},
        bad_case{"SlashFirst", "/a", "begins with a slash; write \"a\"", "a"},
        bad_case{"OnlySlashes", "//", "is only slashes; write \"**\" for every image", "**"},
        bad_case{
            "EmptySegment",
            "r.io/a///b",
            "has an empty segment; write \"r.io/a/b\"",
            "r.io/a/b"},
        bad_case{"ThreeStars", "***", three_stars},
        bad_case{"ThreeStarsBelow", "r.io/***", three_stars},
        bad_case{"StarsBehind", "r.io/app**", beside("app**", "app*"), "app*"},
        bad_case{"StarsBefore", "r.io/**-app/x", beside("**-app", "*-app")},
        bad_case{"StarsInside", "r.io/a***b", beside("a***b", "a*b")},
        bad_case{"StarsInHost", "**.example/a", beside("**.example", "*.example")},
        bad_case{"StarsBeforePort", "**:5000/a", beside("**:5000", "*:5000")},
        bad_case{
            "LoneStarFirst",
            "*/app",
            "begins with a lone \"*\"; for any registry write \"**/app\"",
            "**/app"},
        bad_case{
            "LoneStarFirstOfMany",
            "*/**",
            "begins with a lone \"*\"; for any registry write \"**/**\"",
            "**/**"},
        bad_case{
            "UpperCase",
            "r.io/Team/a",
            "has upper case in the path, and no image has that; write \"team\"",
            "team"},
        bad_case{
            "UpperCaseFirst",
            "Team/app",
            "has upper case in the path, and no image has that; write \"team\"",
            "team"},
        bad_case{
            "UpperCaseBare",
            "Nginx",
            "has upper case in the path, and no image has that; write \"nginx\"",
            "nginx"},
        bad_case{
            "UpperCaseWithStar",
            "r.io/A*",
            "has upper case in the path, and no image has that; write \"a*\"",
            "a*"},
        bad_case{"DashFirst", "r.io/-a", no_segment("-a")},
        bad_case{"DashFirstWithStar", "r.io/-*", no_segment("-*")},
        bad_case{"DotLast", "r.io/a*.", no_segment("a*.")},
        bad_case{"TwoDots", "r.io/*a..b*", no_segment("*a..b*")},
        bad_case{"DotsThenUp", "r.io/../a", no_segment("..")},
        bad_case{"ThreeUnderscores", "r.io/a___*", no_segment("a___*")},
        bad_case{"DotBesideDash", "r.io/*.-*", no_segment("*.-*")},
        bad_case{"Plus", "r.io/c++", no_segment("c++")},
        bad_case{"BackSlash", "r.io/a\\*", no_segment("a\\\\*")},
        bad_case{
            "Negation",
            "!r.io/a",
            "can match nothing: the registry's host \"!r.io\" has the label \"!r\"; labels are "
            "letters and digits, with dashes inside"},
        bad_case{"NamespaceAsPart", "r.io/team-$(namespace)/a", variable("team-$(namespace)")},
        bad_case{"NamespaceWithStar", "r.io/$(namespace)*", variable("$(namespace)*")},
        bad_case{"NamespaceInUpperCase", "r.io/$(Namespace)", variable("$(Namespace)")},
        bad_case{"OtherVariable", "r.io/$(name)/a", variable("$(name)")},
        bad_case{"ShellVariable", "r.io/$namespace", variable("$namespace")},
        bad_case{
            "NamespaceInHost",
            "$(namespace).r.io/a",
            "has a variable in the host \"$(namespace).r.io\"; \"$(namespace)\" is a whole segment "
            "of the path"},
        bad_case{"NoPath", ":1", "has no path before its tag"},
        bad_case{"NoPathBehindHost", "r.io/:1", "has no path before its tag"},
        bad_case{
            "TooLongForAName",
            "r.io/" + std::string(251, 'a'),
            "can match nothing: a name with its registry has at most 255 characters"},
        bad_case{
            "TooLongForANameOnHub",
            std::string(238, 'a'),
            "can match nothing: a name with its registry has at most 255 characters"}
    ),
    testing_support::case_name()
);

const std::string labels = "; labels are letters and digits, with dashes inside";

INSTANTIATE_TEST_SUITE_P(
    Host,
    BadPattern,
    testing::Values(
        bad_case{
            "Underscore",
            "my_reg.example/a",
            "can match nothing: the registry's host \"my_reg.example\" has the label \"my_reg\""
                + labels},
        bad_case{
            "DashBesideDot",
            "reg-.example/a",
            "can match nothing: the registry's host \"reg-.example\" has the label \"reg-\""
                + labels},
        bad_case{
            "DashFirstBeforeStar",
            "-*.example/a",
            "can match nothing: the registry's host \"-*.example\" has the label \"-*\"" + labels},
        bad_case{
            "EmptyLabel",
            ".example/a",
            "can match nothing: the registry's host \".example\" begins or ends with a dot or has "
            "two in a row"},
        bad_case{
            "TrailingDot",
            "reg.example./a",
            "can match nothing: the registry's host \"reg.example.\" begins or ends with a dot or "
            "has two in a row"},
        bad_case{"NoHost", ":5000/a", "can match nothing: the registry's host is empty"},
        bad_case{
            "PortTooLarge",
            "reg:65536/a",
            "can match nothing: the registry's port \"65536\" is not a number from 1 to 65535"},
        bad_case{
            "PortWildcard",
            "reg.example:*/a",
            "can match nothing: the registry's port \"*\" is not a number from 1 to 65535"},
        bad_case{
            "PartOfPort",
            "reg.example:50*/a",
            "can match nothing: the registry's port \"50*\" is not a number from 1 to 65535"},
        bad_case{
            "TagBeforeSlash",
            "nginx:v1/a",
            "can match nothing: the registry's port \"v1\" is not a number from 1 to 65535"},
        bad_case{
            "NoIpv6",
            "[1:2]:5000/a",
            "can match nothing: the registry \"[1:2]:5000\" is no IPv6 address in brackets"},
        bad_case{
            "StarInIpv6",
            "[2001:db8::*]/a",
            "can match nothing: the registry \"[2001:db8::*]\" is no IPv6 address in brackets"},
        bad_case{
            "OpenIpv6",
            "[::1/a",
            "can match nothing: the registry \"[::1\" is no IPv6 address in brackets"}
    ),
    testing_support::case_name()
);

std::string no_tag(const std::string& tag) {
    return "can match nothing: no tag is like \"" + tag
           + "\"; tags are at most 128 letters, digits, \"_\", \".\" and \"-\", beginning with "
             "none of "
             "the last two";
}

INSTANTIATE_TEST_SUITE_P(
    Tag,
    BadPattern,
    testing::Values(
        bad_case{
            "Empty",
            "r.io/a:",
            "ends in a colon; write \"r.io/a\", which matches every tag",
            "r.io/a"},
        bad_case{"DashFirst", "r.io/a:-1", no_tag("-1")},
        bad_case{"DotFirst", "r.io/a:.*", no_tag(".*")},
        bad_case{"Plus", "r.io/a:1+*", no_tag("1+*")},
        bad_case{"TwoColons", "r.io/a:1:2", no_tag("1:2")},
        bad_case{"Variable", "r.io/a:$(namespace)", no_tag("$(namespace)")},
        bad_case{
            "TooLong",
            "r.io/a:*" + std::string(129, 't'),
            no_tag("*" + std::string(114, 't') + "...")},
        bad_case{"DoubleStar", "r.io/a:**", "has \"**\" in the tag; write \":*\""},
        bad_case{"DoubleStarInside", "r.io/a:1**", "has \"**\" in the tag; write \":1*\""},
        bad_case{
            "BeforeTheLastSegment",
            "team/a:1/b",
            "has a colon before its last segment; only \"team\" could be a registry with a port, "
            "and a tag stands at the end"}
    ),
    testing_support::case_name()
);

class GoodPattern : public testing::TestWithParam<std::string> {};

TEST_P(GoodPattern, IsTaken) {
    const auto parsed = image_pattern::parse(GetParam());
    EXPECT_TRUE(parsed) << parsed.error().detail();
}

INSTANTIATE_TEST_SUITE_P(
    AtTheBorder,
    GoodPattern,
    testing::Values(
        "r.io/*-a",
        "r.io/a-*",
        "r.io/a--*",
        "r.io/a__*",
        "r.io/a.*",
        "r.io/*.a",
        "a-*.r.io/a",
        "[::1]/a",
        "[::1]:5000/**:v1",
        "r.io/a:*-1",
        "r.io/a:*" + std::string(128, 't'),
        "r.io/" + std::string(250, 'a'),
        "r.io/*" + std::string(250, 'a'),
        "r.io/" + std::string(248, 'a') + "/**/*"
    )
);

TEST(SplitPattern, TellsHostPathAndTag) {
    const auto parts = split_pattern("*.reg:5000/**/a:1*");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts.value().registry, "*.reg:5000");
    EXPECT_EQ(parts.value().path, "**/a");
    EXPECT_EQ(parts.value().tag, "1*");
}

TEST(SplitPattern, LeavesAWideFirstSegmentInThePath) {
    const auto parts = split_pattern("**/a");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts.value().registry, "");
    EXPECT_EQ(parts.value().path, "**/a");
}

} // namespace
} // namespace gatehouse::policy
