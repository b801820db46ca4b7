#include "tests/support/case_name.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

namespace gatehouse::policy {
namespace {

using testing_support::judged_request;
using testing_support::policy_with;

struct group_case {
    std::string name;
    std::string run_as; ///< inside runAs
    std::string pod;    ///< securityContext of the pod
    std::string container;
    std::vector<std::string> lines;
};

class Groups : public testing::TestWithParam<group_case> {};

TEST_P(Groups, AreJudged) {
    const group_case& row = GetParam();
    const auto policies = policy_with("runAs: {" + row.run_as + "}");
    judged_request request(
        R"({"securityContext":)" + row.pod
        + R"(,"containers":[{"name":"app","image":"a","securityContext":)" + row.container + "}]}"
    );
    EXPECT_EQ(request.lines(*policies), row.lines);
}

std::string group_line(const std::string& field, const std::string& is) {
    return "Deny " + field + ": container \"app\" must run with a group in 5-9: runAsGroup is " + is
           + "; set securityContext.runAsGroup in 5-9 [p/run-as-group]";
}

std::string fs_line(const std::string& is) {
    return "Deny spec.securityContext.fsGroup: pod must have an fsGroup in 5-9: it is " + is
           + "; set the pod's securityContext.fsGroup in 5-9 [p/fs-group]";
}

std::string supplemental_line(const std::string& outside) {
    return "Deny spec.securityContext.supplementalGroups: pod must have supplementalGroups in 5-9 "
           "only: "
           + outside
           + " outside; set the pod's securityContext.supplementalGroups in 5-9 "
             "[p/supplemental-groups]";
}

std::string strict_line(const std::string& is) {
    return "Deny spec.securityContext.supplementalGroupsPolicy: pod must not take groups from its "
           "images: supplementalGroupsPolicy is "
           + is
           + "; set the pod's securityContext.supplementalGroupsPolicy: Strict "
             "[p/supplemental-groups-policy]";
}

const std::string range = ", ranges: [{min: 5, max: 9}]}";

INSTANTIATE_TEST_SUITE_P(
    Rules,
    Groups,
    testing::Values(
        group_case{
            "GroupMustBeSet",
            "runAsGroup: {rule: MustRunAs" + range,
            "{}",
            "{}",
            {group_line("spec.containers[0].securityContext.runAsGroup", "not set")}},
        group_case{"GroupMayBeAbsent", "runAsGroup: {rule: MayRunAs" + range, "{}", "{}", {}},
        group_case{
            "GroupZeroIsOutside",
            "runAsGroup: {rule: MayRunAs" + range,
            R"({"runAsGroup":0})",
            "{}",
            {group_line("spec.securityContext.runAsGroup", "0 for the pod")}},
        group_case{
            "GroupOfContainerWins",
            "runAsGroup: {rule: MustRunAs" + range,
            R"({"runAsGroup":0})",
            R"({"runAsGroup":9})",
            {}},
        group_case{
            "FsGroupMustBeSet",
            "fsGroup: {rule: MustRunAs" + range,
            "{}",
            "{}",
            {fs_line("not set")}},
        group_case{"FsGroupMayBeAbsent", "fsGroup: {rule: MayRunAs" + range, "{}", "{}", {}},
        group_case{
            "FsGroupBelow",
            "fsGroup: {rule: MayRunAs" + range,
            R"({"fsGroup":4})",
            "{}",
            {fs_line("4")}},
        group_case{
            "FsGroupAtTheBorder",
            "fsGroup: {rule: MustRunAs" + range,
            R"({"fsGroup":5})",
            "{}",
            {}},
        group_case{
            "SupplementalMustNotBeEmpty",
            "supplementalGroups: {rule: MustRunAs" + range,
            R"({"supplementalGroups":[]})",
            "{}",
            {"Deny spec.securityContext.supplementalGroups: pod must have supplementalGroups in "
             "5-9: none are set; set the pod's securityContext.supplementalGroups in 5-9 "
             "[p/supplemental-groups]"}},
        group_case{
            "SupplementalMayBeEmpty",
            "supplementalGroups: {rule: MayRunAs" + range,
            "{}",
            "{}",
            {}},
        group_case{
            "SupplementalOneOutside",
            "supplementalGroups: {rule: MayRunAs" + range,
            R"({"supplementalGroups":[5,0,9]})",
            "{}",
            {supplemental_line("0 is")}},
        group_case{
            "SupplementalTwoOutside",
            "supplementalGroups: {rule: MayRunAs" + range,
            R"({"supplementalGroups":[4,10]})",
            "{}",
            {supplemental_line("4 and 10 are")}},
        group_case{
            "SupplementalManyOutside",
            "supplementalGroups: {rule: MayRunAs" + range,
            R"({"supplementalGroups":[1,2,3,4,10]})",
            "{}",
            {supplemental_line("1, 2, 3 and 2 more are")}},
        group_case{
            "StrictIsSet",
            "supplementalGroupsPolicy: Strict",
            R"({"supplementalGroupsPolicy":"Strict"})",
            "{}",
            {}},
        group_case{
            "StrictIsAbsent",
            "supplementalGroupsPolicy: Strict",
            "{}",
            "{}",
            {strict_line("not set")}},
        group_case{
            "StrictIsMerge",
            "supplementalGroupsPolicy: Strict",
            R"({"supplementalGroupsPolicy":"Merge"})",
            "{}",
            {strict_line("Merge")}}
    ),
    testing_support::case_name()
);

TEST(Groups, AreFreeUnderRunAsAny) {
    const auto policies = policy_with(
        "runAs: {runAsUser: {rule: RunAsAny}, runAsGroup: {rule: RunAsAny}, fsGroup: {rule: "
        "RunAsAny}, supplementalGroups: {rule: RunAsAny}}"
    );
    judged_request request(
        R"({"securityContext":{"runAsUser":0,"runAsGroup":0,"fsGroup":0,"supplementalGroups":[0]},)"
        R"("containers":[{"name":"app","image":"a"}]})"
    );
    EXPECT_THAT(request.lines(*policies), testing::IsEmpty());
}

TEST(Groups, OfAnUnchangedPodAreNotJudgedAgain) {
    const auto policies = policy_with(
        "runAs: {fsGroup: {rule: MustRunAs" + range + ", supplementalGroups: {rule: MustRunAs"
        + range + ", supplementalGroupsPolicy: Strict}"
    );
    judged_request request(R"({"containers":[{"name":"app","image":"a:2"}]})");
    request.set_old(R"({"containers":[{"name":"app","image":"a:1"}]})");
    EXPECT_THAT(request.lines(*policies), testing::IsEmpty());
}

TEST(Groups, DoNotApplyToWindows) {
    const auto policies = policy_with(
        "runAs: {runAsGroup: {rule: MustRunAs" + range + ", fsGroup: {rule: MustRunAs" + range
        + ", supplementalGroups: {rule: MustRunAs" + range + ", supplementalGroupsPolicy: Strict}"
    );
    judged_request request(R"({"os":{"name":"windows"},"containers":[{"name":"app","image":"a"}]})"
    );
    EXPECT_THAT(request.lines(*policies), testing::IsEmpty());
}

} // namespace
} // namespace gatehouse::policy
