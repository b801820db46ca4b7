#include "policy/document/parse.h"
#include "tests/support/case_name.h"
#include "tests/support/policy_text.h"

#include <fmt/format.h>
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

TEST(PolicyRunAs, IsRead) {
    const parsed_policies read = parsed(policy_with_spec(R"(  runAs:
    validationActions: [Warn, Audit]
    runAsUser: {rule: MustRunAs, ranges: [{min: 1, max: 1}, {max: 19999, min: 10000}]}
    runAsGroup: {rule: MayRunAs, ranges: [{min: 0, max: 2147483647}]}
    fsGroup: {rule: RunAsAny}
    supplementalGroupsPolicy: Strict
    imageUser: Resolve
    userNamespaces: Relax
)"));
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    const run_as_section& run_as = read.policies.at(0).run_as.value();
    EXPECT_EQ(run_as.validation_actions, (actions{.deny = false, .warn = true, .audit = true}));
    EXPECT_EQ(run_as.run_as_user.value().rule, id_rule::must_run_as);
    EXPECT_THAT(
        run_as.run_as_user.value().ranges, ElementsAre(id_range{1, 1}, id_range{10000, 19999})
    );
    EXPECT_EQ(run_as.run_as_group.value().rule, id_rule::may_run_as);
    EXPECT_THAT(run_as.run_as_group.value().ranges, ElementsAre(id_range{0, 2147483647}));
    EXPECT_EQ(run_as.fs_group.value().rule, id_rule::run_as_any);
    EXPECT_FALSE(run_as.supplemental_groups.has_value());
    EXPECT_TRUE(run_as.demand_strict_supplemental_groups);
    EXPECT_TRUE(run_as.resolve_image_user);
    EXPECT_TRUE(run_as.relax_user_namespaces);
}

TEST(PolicyRunAs, DefaultsAreStrict) {
    const parsed_policies read =
        parsed(policy_with_spec("  runAs: {runAsUser: {rule: MustRunAsNonRoot}}\n"));
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    const run_as_section& run_as = read.policies.at(0).run_as.value();
    EXPECT_FALSE(run_as.validation_actions.has_value());
    EXPECT_EQ(run_as.run_as_user.value().rule, id_rule::must_run_as_non_root);
    EXPECT_FALSE(run_as.demand_strict_supplemental_groups);
    EXPECT_FALSE(run_as.resolve_image_user);
    EXPECT_FALSE(run_as.relax_user_namespaces);
}

TEST(PolicyRunAs, ImageUserIsARuleOfItsOwn) {
    EXPECT_THAT(errors_of(policy_with_spec("  runAs: {imageUser: Resolve}\n")), IsEmpty());
}

struct run_as_case {
    std::string name;
    std::string lines; ///< of the spec, from line 5 on
    std::vector<std::string> errors;
};

class PolicyRunAsErrors : public testing::TestWithParam<run_as_case> {};

TEST_P(PolicyRunAsErrors, AreTold) {
    EXPECT_THAT(errors_of(policy_with_spec(GetParam().lines)), ElementsAreArray(GetParam().errors));
}

INSTANTIATE_TEST_SUITE_P(
    Sections,
    PolicyRunAsErrors,
    testing::Values(
        run_as_case{
            "MinGreaterThanMax",
            "  runAs: {runAsUser: {rule: MustRunAs, ranges: [{min: 20, max: 10}]}}\n",
            {"5:55: spec.runAs.runAsUser.ranges[0].min: 20 is greater than max, 10"}},
        run_as_case{
            "MinMissing",
            "  runAs: {fsGroup: {rule: MayRunAs, ranges: [{max: 10}]}}\n",
            {"5:46: spec.runAs.fsGroup.ranges[0].min: is required"}},
        run_as_case{
            "RangeTwice",
            "  runAs: {fsGroup: {rule: MayRunAs, ranges: [{min: 1, max: 10}, {max: 10, min: "
            "1}]}}\n",
            {"5:65: spec.runAs.fsGroup.ranges[1]: 1 to 10 is listed twice"}},
        run_as_case{
            "RangesMissing",
            "  runAs:\n    runAsUser:\n      rule: MustRunAs\n",
            {"7:7: spec.runAs.runAsUser.ranges: is required with MustRunAs"}},
        run_as_case{
            "RangesMissingWithMay",
            "  runAs: {supplementalGroups: {rule: MayRunAs}}\n",
            {"5:31: spec.runAs.supplementalGroups.ranges: is required with MayRunAs"}},
        run_as_case{
            "RangesEmpty",
            "  runAs: {runAsGroup: {rule: MustRunAs, ranges: []}}\n",
            {"5:49: spec.runAs.runAsGroup.ranges: must not be an empty list"}},
        run_as_case{
            "RangesOfNonRoot",
            "  runAs: {runAsUser: {rule: MustRunAsNonRoot, ranges: [{min: 1, max: 2}]}}\n",
            {"5:47: spec.runAs.runAsUser.ranges: is not judged with MustRunAsNonRoot; leave it "
             "out"}},
        run_as_case{
            "RangesOfAny",
            "  runAs: {runAsUser: {rule: RunAsAny, ranges: [{min: 1, max: 2}]}, fsGroup: {rule: "
            "MayRunAs, ranges: [{min: 1, max: 2}]}}\n",
            {"5:39: spec.runAs.runAsUser.ranges: is not judged with RunAsAny; leave it out"}},
        run_as_case{
            "RuleMissing",
            "  runAs: {runAsUser: {ranges: [{min: 1, max: 2}]}}\n",
            {"5:22: spec.runAs.runAsUser.rule: is required"}},
        run_as_case{
            "NonRootIsForUsers",
            "  runAs: {runAsGroup: {rule: MustRunAsNonRoot}}\n",
            {"5:30: spec.runAs.runAsGroup.rule: \"MustRunAsNonRoot\" is unknown; it may be "
             "MustRunAs, MayRunAs, RunAsAny"}},
        run_as_case{
            "MergeDemandsNothing",
            "  runAs: {supplementalGroupsPolicy: Merge}\n",
            {"5:37: spec.runAs.supplementalGroupsPolicy: must be Strict, not \"Merge\""}},
        run_as_case{
            "ImageUserOfAnotherWord",
            "  runAs: {runAsUser: {rule: MustRunAsNonRoot}, imageUser: Read}\n",
            {"5:59: spec.runAs.imageUser: \"Read\" is unknown; it may be Ignore, Resolve"}},
        run_as_case{
            "RangesFrom",
            "  runAs: {runAsUser: {rule: MustRunAs, ranges: [{min: 1, max: 2}], rangesFrom: "
            "{annotation: x}}}\n",
            {"5:68: spec.runAs.runAsUser.rangesFrom: not supported yet"}},
        run_as_case{
            "DenyWithWarn",
            "  runAs: {validationActions: [Deny, Warn], runAsUser: {rule: MustRunAsNonRoot}}\n",
            {"5:30: spec.runAs.validationActions: Deny and Warn exclude each other: a denial says "
             "all that a warning would"}},
        run_as_case{
            "NoActions",
            "  runAs: {validationActions: [], runAsUser: {rule: MustRunAsNonRoot}}\n",
            {"5:30: spec.runAs.validationActions: must not be an empty list"}}
    ),
    testing_support::case_name()
);

std::string ranges(std::size_t number) {
    std::string out = "[";
    for (std::size_t i = 1; i <= number; ++i) {
        out += fmt::format("{{min: {0}, max: {0}}}, ", i);
    }
    return "  runAs: {runAsUser: {rule: MustRunAs, ranges: " + out + "]}}\n";
}

TEST(PolicyRunAs, RangesAreBounded) {
    EXPECT_THAT(errors_of(policy_with_spec(ranges(64))), IsEmpty());
    EXPECT_THAT(
        errors_of(policy_with_spec(ranges(65))),
        ElementsAre("5:48: spec.runAs.runAsUser.ranges: has 65 items; at most 64 are allowed")
    );
}

} // namespace
} // namespace gatehouse::policy
