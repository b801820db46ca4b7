#include "policy/document/parse.h"
#include "tests/support/case_name.h"
#include "tests/support/policy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing_support::errors_of;
using testing_support::parsed;
using testing_support::policy_with_spec;

TEST(PolicyImages, AreRead) {
    const parsed_policies read = parsed(policy_with_spec(R"(  images:
    validationActions: [Audit]
    allow: ["reg.example/core/**", "reg.example/$(namespace)/**"]
    deny: ["**/legacy/**"]
    requireDigest: true
    denyTags: [latest, "*-snapshot"]
)"));
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    EXPECT_THAT(testing_support::texts(read.warnings), IsEmpty());
    const images_section& images = read.policies.at(0).images.value();
    EXPECT_EQ(images.validation_actions, (actions{.deny = false, .warn = false, .audit = true}));
    EXPECT_EQ(images.allow.value().summary(), "reg.example/core/**, reg.example/$(namespace)/**");
    EXPECT_EQ(images.deny.summary(), "**/legacy/**");
    EXPECT_TRUE(images.require_digest);
    EXPECT_THAT(images.deny_tags, ElementsAre("latest", "*-snapshot"));
}

TEST(PolicyImages, AbsentAllowIsNotAnEmptyOne) {
    const parsed_policies read = parsed(policy_with_spec("  images: {denyTags: [latest]}\n"));
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    const images_section& images = read.policies.at(0).images.value();
    EXPECT_FALSE(images.allow.has_value());
    EXPECT_FALSE(images.require_digest);
}

struct images_case {
    std::string name;
    std::string lines; ///< of the spec, from line 5 on
    std::vector<std::string> errors;
};

class PolicyImagesErrors : public testing::TestWithParam<images_case> {};

TEST_P(PolicyImagesErrors, AreTold) {
    EXPECT_THAT(errors_of(policy_with_spec(GetParam().lines)), ElementsAreArray(GetParam().errors));
}

constexpr const char* no_tag = " can match nothing: tags are at most 128 letters, digits, \"_\", "
                               "\".\" and \"-\", beginning with none of the last two";

INSTANTIATE_TEST_SUITE_P(
    Sections,
    PolicyImagesErrors,
    testing::Values(
        images_case{
            "EmptyAllow",
            "  images:\n    allow: []\n",
            {"6:12: spec.images.allow: must not be an empty list"}},
        images_case{
            "EmptyDenyListsSayNothing",
            "  images: {deny: [], denyTags: [], requireDigest: true}\n",
            {}},
        images_case{
            "PatternsExplainThemselves",
            "  images:\n    allow:\n    - reg.example/app/\n    deny: "
            "[\"https://reg.example/a\"]\n",
            {"7:7: spec.images.allow[0]: the pattern ends in a slash; write \"reg.example/app/**\" "
             "for all that is below",
             "8:12: spec.images.deny[0]: the pattern begins with a scheme; leave it away and write "
             "\"reg.example/a\""}},
        images_case{
            "PatternTwice",
            "  images: {deny: [a/b, a/c, a/b]}\n",
            {"5:29: spec.images.deny[2]: \"a/b\" is listed twice; first in line 5"}},
        images_case{
            "TagWithASpace",
            "  images: {denyTags: [\"a b\"]}\n",
            {std::string("5:23: spec.images.denyTags[0]: \"a b\"") + no_tag}},
        images_case{
            "TagWithAColon",
            "  images: {denyTags: [\":latest\"]}\n",
            {std::string("5:23: spec.images.denyTags[0]: \":latest\"") + no_tag}},
        images_case{
            "TagWithADotInFront",
            "  images: {denyTags: [\".*\"]}\n",
            {std::string("5:23: spec.images.denyTags[0]: \".*\"") + no_tag}},
        images_case{
            "TagTooLong",
            "  images: {denyTags: [\"*" + std::string(129, 'a') + "\"]}\n",
            {"5:23: spec.images.denyTags[0]: \"*" + std::string(129, 'a') + "\"" + no_tag}},
        images_case{"TagOfDigits", "  images: {denyTags: [1.0, 010]}\n", {}}
    ),
    testing_support::case_name()
);

TEST(PolicyImages, HostWildcardsThatPermitAreWarnedOf) {
    const parsed_policies read = parsed(policy_with_spec(R"(  images:
    allow: ["*.example/a/**", reg.example/**]
    deny: ["**/b"]
)"));
    EXPECT_THAT(testing_support::texts(read.errors), IsEmpty());
    EXPECT_THAT(
        testing_support::texts(read.warnings),
        ElementsAre(
            "p.yaml:6:13: spec.images.allow[0]: the host has a wildcard: whoever can name a "
            "registry like that is let in; write the hosts out"
        )
    );
}

} // namespace
} // namespace gatehouse::policy
