// What the field table says about every field alike: presence, type, spelling, length.
#include "policy/document/parse.h"
#include "tests/support/case_name.h"
#include "tests/support/policy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;
using testing_support::errors_of;
using testing_support::policy_text_with;

struct fields_case {
    std::string name;
    std::string lines; ///< of the spec, from line 6 on
    std::vector<std::string> errors;
};

class PolicyFields : public testing::TestWithParam<fields_case> {};

TEST_P(PolicyFields, AreHeldAgainstTheTable) {
    EXPECT_THAT(errors_of(policy_text_with(GetParam().lines)), ElementsAreArray(GetParam().errors));
}

INSTANTIATE_TEST_SUITE_P(
    Spelling,
    PolicyFields,
    testing::Values(
        fields_case{
            "Unknown",
            "  colour: red\n",
            {"6:3: spec.colour: unknown field; known here: validationActions, workloads, match, "
             "podSecurity, runAs, images, signatures, unsignedImages, onRegistryUnavailable, "
             "exemptions"}},
        fields_case{
            "Misspelt",
            "  match: {exludeNamespaces: [a]}\n",
            {"6:11: spec.match.exludeNamespaces: unknown field; did you mean excludeNamespaces?"}},
        fields_case{
            "WrongCase",
            "  runas: {}\n",
            {"6:3: spec.runas: unknown field; did you mean runAs?"}},
        fields_case{
            "Elsewhere",
            "  denyTags: [latest]\n",
            {"6:3: spec.denyTags: unknown field here; it belongs in spec.images"}},
        fields_case{
            "ElsewhereInAList",
            "  match: {reason: x}\n",
            {"6:11: spec.match.reason: unknown field here; it belongs in spec.exemptions[]"}},
        fields_case{
            "UnprintableName",
            "  \"a\\nb\": 1\n",
            {"6:3: spec.\"a\\nb\": unknown field; known here: validationActions, workloads, match, "
             "podSecurity, runAs, images, signatures, unsignedImages, onRegistryUnavailable, "
             "exemptions"}},
        fields_case{
            "Twice",
            "  workloads: Warn\n  workloads: Deny\n",
            {"7:3: spec.workloads: is given twice; first in line 6"}},
        fields_case{
            "ThreeTimes",
            "  workloads: Warn\n  workloads: Deny\n  \"workloads\": Deny\n",
            {"7:3: spec.workloads: is given twice; first in line 6",
             "8:3: spec.workloads: is given twice; first in line 6"}},
        fields_case{
            "TwiceInside",
            "  match: {namespaces: [a], namespaces: [b]}\n",
            {"6:28: spec.match.namespaces: is given twice; first in line 6"}},
        fields_case{
            "MergeKey",
            "  match: &m {namespaces: [a]}\n  runAs: {<<: *m}\n",
            {"7:11: spec.runAs: merge keys (\"<<\") are not supported; write the fields out"}},
        fields_case{
            "NameIsAList",
            "  ? [a]\n  : b\n",
            {"6:5: spec: the name of a field must be one text"}},
        fields_case{
            "NameIsNothing",
            "  : b\n",
            {"6:3: spec: the name of a field must be one text"}},
        fields_case{
            "AllAtOnce",
            "  colour: red\n  workloads: [Warn]\n  match:\n    namespaces: []\n  exemptions:\n  - "
            "name: a\n",
            {"6:3: spec.colour: unknown field; known here: validationActions, workloads, match, "
             "podSecurity, runAs, images, signatures, unsignedImages, onRegistryUnavailable, "
             "exemptions",
             "7:14: spec.workloads: must be one value, not a list",
             "9:17: spec.match.namespaces: must not be an empty list",
             "11:5: spec.exemptions[0].rules: is required",
             "11:5: spec.exemptions[0].until: is required",
             "11:5: spec.exemptions[0].reason: is required",
             "11:5: spec.exemptions[0]: needs images or namespaces, else it lifts its rules "
             "everywhere"}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Types,
    PolicyFields,
    testing::Values(
        fields_case{
            "TextForAList",
            "  match: {namespaces: prod}\n",
            {"6:23: spec.match.namespaces: must be a list, not \"prod\""}},
        fields_case{
            "MappingForAList",
            "  match: {namespaces: {a: b}}\n",
            {"6:23: spec.match.namespaces: must be a list, not a mapping"}},
        fields_case{
            "TextForAnObject",
            "  match: prod\n",
            {"6:10: spec.match: must be a mapping of fields, not \"prod\""}},
        fields_case{
            "ListForAnObject",
            "  runAs:\n  - a\n",
            {"7:3: spec.runAs: must be a mapping of fields, not a list"}},
        fields_case{
            "ListForAText",
            "  match: {namespaces: [[a]]}\n",
            {"6:24: spec.match.namespaces[0]: must be one value, not a list"}},
        fields_case{
            "MappingForAWord",
            "  workloads: {a: b}\n",
            {"6:14: spec.workloads: must be one value, not a mapping"}},
        fields_case{
            "Nothing",
            "  match:\n",
            {"6:3: spec.match: is empty; write a value or leave it out"}},
        fields_case{"NothingInAList", "  match: {excludeNamespaces: [a, ]}\n", {}},
        fields_case{
            "NothingAsAnItem",
            "  match:\n    excludeNamespaces:\n    -\n",
            {"9:1: spec.match.excludeNamespaces[0]: is empty; write a value or leave it out"}},
        fields_case{
            "Null",
            "  match: null\n  workloads: ~\n",
            {"6:10: spec.match: is null; write a value or leave it out (in quotes it is a text)",
             "7:14: spec.workloads: is ~; write a value or leave it out (in quotes it is a text)"}},
        fields_case{
            "NullInOtherCase",
            "  match: Null\n  workloads: NULL\n",
            {"6:10: spec.match: is Null; write a value or leave it out (in quotes it is a text)",
             "7:14: spec.workloads: is NULL; write a value or leave it out (in quotes it is a "
             "text)"}},
        fields_case{
            "MappingTagOnAText",
            "  match: {namespaces: [!!map a]}\n  runAs: !!seq {}\n  workloads: !!str Warn\n",
            {"6:24: spec.match.namespaces[0]: the tag \"tag:yaml.org,2002:map\" is not supported "
             "here",
             "7:10: spec.runAs: the tag \"tag:yaml.org,2002:seq\" is not supported here"}},
        fields_case{"CoreTags", "  match: !!map {namespaces: !!seq [a]}\n", {}},
        fields_case{"NullInQuotesIsText", "  match: {namespaces: ['null']}\n", {}},
        fields_case{
            "ScalarsAreTypedByTheField",
            "  match: {namespaces: [yes, 010, 1e3, 0x1f, 2027-01-31]}\n",
            {}},
        fields_case{"StringTag", "  match: {namespaces: [!!str 10]}\n", {}},
        fields_case{
            "OtherTag",
            "  match: {namespaces: [!!int 10]}\n",
            {"6:24: spec.match.namespaces[0]: the tag \"tag:yaml.org,2002:int\" is not supported "
             "here"}},
        fields_case{
            "OwnTag",
            "  match: !m {namespaces: [a]}\n",
            {"6:10: spec.match: the tag \"!m\" is not supported here"}},
        fields_case{
            "EmptyText",
            "  match: {namespaces: ['']}\n",
            {"6:24: spec.match.namespaces[0]: must not be empty"}},
        fields_case{
            "UnknownWord",
            "  workloads: Block\n",
            {"6:14: spec.workloads: \"Block\" is unknown; it may be Deny, Warn, Ignore"}},
        fields_case{
            "NearWord",
            "  workloads: ignore\n",
            {"6:14: spec.workloads: \"ignore\" is unknown; did you mean Ignore?"}},
        fields_case{
            "OnlyWord",
            "  runAs: {supplementalGroupsPolicy: Merge}\n",
            {"6:37: spec.runAs.supplementalGroupsPolicy: must be Strict, not \"Merge\""}},
        fields_case{
            "WordTwice",
            "  validationActions: [Audit, Audit]\n",
            {"6:30: spec.validationActions[1]: \"Audit\" is listed twice; first in line 6"}},
        fields_case{
            "TextTwice",
            "  match:\n    namespaces:\n    - a\n    - b\n    - a\n",
            {"10:7: spec.match.namespaces[2]: \"a\" is listed twice; first in line 8"}},
        fields_case{"IgnoredFieldsAreNotJudged", "status: {a: {b: [~]}, c: }\n", {}},
        fields_case{
            "NamesThatAreNoneInIgnoredFields",
            "status: {? [a] : b, c: [{? {x: y} : z}]}\n",
            {"6:12: status: the name of a field must be one text",
             "6:28: status.c[0]: the name of a field must be one text"}},
        fields_case{
            "KeysTwiceInIgnoredFields",
            "status: {a: {b: 1, b: 2}}\n",
            {"6:20: status.a.b: is given twice; first in line 6"}},
        fields_case{
            "AnchorsAndAliases",
            "  match: {namespaces: &n [a], excludeNamespaces: *n}\n",
            {}},
        fields_case{
            "ErrorsThroughAnAlias",
            "  match: {namespaces: &n ['*'], excludeNamespaces: *n}\n",
            {"6:27: spec.match.excludeNamespaces[0]: \"*\" excludes every namespace; leave the "
             "policy out instead"}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Booleans,
    PolicyFields,
    testing::Values(fields_case{
        "Yes",
        "  x: {}\n  images: {requireDigest: yes}\n",
        {"6:3: spec.x: unknown field; known here: validationActions, workloads, match, "
         "podSecurity, runAs, images, signatures, unsignedImages, onRegistryUnavailable, "
         "exemptions",
         "7:3: spec.images: is given twice; first in line 5",
         "7:27: spec.images.requireDigest: must be true or false, not \"yes\""}}),
    testing_support::case_name()
);

struct scalar_case {
    std::string name;
    std::string written;
    std::string error;
};

class PolicyBoolean : public testing::TestWithParam<scalar_case> {};

TEST_P(PolicyBoolean, TakesTrueAndFalseOnly) {
    const std::string text = testing_support::policy_with_spec(
        "  images: {denyTags: [a], requireDigest: " + GetParam().written + "}\n"
    );
    const std::string prefix = "5:42: spec.images.requireDigest: ";
    EXPECT_THAT(
        errors_of(text),
        ElementsAreArray(
            GetParam().error.empty() ? std::vector<std::string>()
                                     : std::vector<std::string>{prefix + GetParam().error}
        )
    );
}

INSTANTIATE_TEST_SUITE_P(
    Values,
    PolicyBoolean,
    testing::Values(
        scalar_case{"True", "true", ""},
        scalar_case{"False", "false", ""},
        scalar_case{"Tagged", "!!bool true", ""},
        scalar_case{"Yes", "yes", "must be true or false, not \"yes\""},
        scalar_case{"Capital", "True", "must be true or false, not \"True\""},
        scalar_case{"One", "1", "must be true or false, not \"1\""},
        scalar_case{"Quoted", "\"true\"", "must be true or false without quotes, not \"true\""},
        scalar_case{"List", "[true]", "must be one value, not a list"}
    ),
    testing_support::case_name()
);

class PolicyInteger : public testing::TestWithParam<scalar_case> {};

TEST_P(PolicyInteger, TakesDecimalDigitsOnly) {
    const std::string text = testing_support::policy_with_spec(
        "  runAs: {runAsUser: {rule: MustRunAs, ranges: [{min: 0, max: " + GetParam().written
        + "}]}}\n"
    );
    const std::string range = "must be a whole number from 0 to 2147483647, not ";
    EXPECT_THAT(
        errors_of(text),
        ElementsAreArray(
            GetParam().error.empty()
                ? std::vector<std::string>()
                : std::vector<
                    std::
                        string>{"5:63: spec.runAs.runAsUser.ranges[0].max: " + range + GetParam().error}
        )
    );
}

INSTANTIATE_TEST_SUITE_P(
    Values,
    PolicyInteger,
    testing::Values(
        scalar_case{"Zero", "0", ""},
        scalar_case{"Largest", "2147483647", ""},
        scalar_case{"Tagged", "!!int 5", ""},
        scalar_case{"TooLarge", "2147483648", "\"2147483648\""},
        scalar_case{"Huge", "99999999999999999999999", "\"99999999999999999999999\""},
        scalar_case{"Negative", "-1", "\"-1\""},
        scalar_case{"Octal", "010", "\"010\""},
        scalar_case{"Hexadecimal", "0x10", "\"0x10\""},
        scalar_case{"Underscore", "1_000", "\"1_000\""},
        scalar_case{"Plus", "+1", "\"+1\""},
        scalar_case{"Fraction", "1.0", "\"1.0\""},
        scalar_case{"Exponent", "1e3", "\"1e3\""},
        scalar_case{"Quoted", "\"1000\"", "\"1000\""}
    ),
    testing_support::case_name()
);

std::string list_of(std::size_t items) {
    std::string out = "[";
    for (std::size_t i = 0; i < items; ++i) {
        out += "a" + std::to_string(i) + ", ";
    }
    return out + "]";
}

TEST(PolicyLimits, PatternsOfAList) {
    EXPECT_THAT(
        errors_of(policy_text_with("  match: {namespaces: " + list_of(256) + "}\n")), IsEmpty()
    );
    EXPECT_THAT(
        errors_of(policy_text_with("  match: {namespaces: " + list_of(257) + "}\n")),
        testing::ElementsAre("6:23: spec.match.namespaces: has 257 items; at most 256 are allowed")
    );
}

TEST(PolicyLimits, CharactersOfAPattern) {
    const std::string longest(512, 'u');
    EXPECT_THAT(
        errors_of(policy_text_with("  match: {excludeUsers: [" + longest + "]}\n")), IsEmpty()
    );
    EXPECT_THAT(
        errors_of(policy_text_with("  match: {excludeUsers: [" + longest + "u]}\n")),
        testing::ElementsAre("6:26: spec.match.excludeUsers[0]: is longer than 512 characters")
    );
}

TEST(PolicyLimits, AreInCharactersNotBytes) {
    std::string longest;
    for (int i = 0; i < 512; ++i) {
        longest += "\xc3\xa4";
    }
    EXPECT_THAT(
        errors_of(policy_text_with("  match: {excludeUsers: [" + longest + "]}\n")), IsEmpty()
    );
}

TEST(PolicyLimits, ErrorsInListsOfAFile) {
    std::string list = "  exemptions:\n";
    for (int i = 0; i < 256; ++i) {
        list += "  - {}\n";
    }
    const std::vector<std::string> errors =
        errors_of(policy_text_with(list) + "  runAs: {x: 1}\n  workloads: [a]\n");
    EXPECT_EQ(errors.size(), 1001U);
    EXPECT_EQ(errors[0], "7:5: spec.exemptions[0].name: is required");
    EXPECT_EQ(
        errors.back().substr(errors.back().find(' ')), " there are more errors; mend these first"
    );
}

TEST(PolicyLimits, ErrorsOfAFile) {
    std::string text = policy_text_with("");
    for (int i = 0; i < 3000; ++i) {
        text += "  field" + std::to_string(i) + ": 1\n";
    }
    const std::vector<std::string> errors = errors_of(text);
    EXPECT_EQ(errors.size(), 1001U);
    EXPECT_EQ(errors.back(), "1005:3: there are more errors; mend these first");
}

} // namespace
} // namespace gatehouse::policy
