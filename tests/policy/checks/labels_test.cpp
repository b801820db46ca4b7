#include "policy/checks/labels.h"

#include "tests/support/case_name.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

/// Labels without their common prefix.
std::vector<label> labels_of(const std::vector<label>& short_ones) {
    std::vector<label> out;
    for (const label& one : short_ones) {
        out.push_back({std::string(pod_security_prefix) + one.key, one.value});
    }
    return out;
}

/// "enforce restricted:v1.29, audit privileged:latest, warn restricted:v1.29".
std::string text_of(const namespace_levels& levels) {
    const auto one = [](const pinned_level& pinned) {
        return fmt::format("{}:{}", name_of(pinned.level), name_of(pinned.version));
    };
    return fmt::format(
        "enforce {}, audit {}, warn {}", one(levels.enforce), one(levels.audit), one(levels.warn)
    );
}

std::vector<std::string> lines_of(const std::vector<label_problem>& problems) {
    std::vector<std::string> out;
    for (const label_problem& one : problems) {
        out.push_back((one.is_refused ? "refused " : "ignored ") + one.label + ' ' + one.message);
    }
    return out;
}

struct labels_case {
    std::string name;
    std::vector<label> labels;
    std::string levels;
};

class NamespaceLabels : public testing::TestWithParam<labels_case> {};

TEST_P(NamespaceLabels, AreReadAsPodSecurityAdmissionDoes) {
    const labels_read read = read_labels(labels_of(GetParam().labels));
    EXPECT_EQ(text_of(read.levels), GetParam().levels);
    EXPECT_EQ(lines_of(read.problems), std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(
    Good,
    NamespaceLabels,
    testing::Values(
        labels_case{
            "None",
            {},
            "enforce privileged:latest, audit privileged:latest, warn privileged:latest"},
        labels_case{
            "EveryMode",
            {{"enforce", "baseline"},
             {"enforce-version", "v1.29"},
             {"audit", "restricted"},
             {"audit-version", "v1.30"},
             {"warn", "restricted"},
             {"warn-version", "latest"}},
            "enforce baseline:v1.29, audit restricted:v1.30, warn restricted:latest"},
        labels_case{
            "EnforceIsWarnedOfToo",
            {{"enforce", "restricted"}, {"enforce-version", "v1.29"}},
            "enforce restricted:v1.29, audit privileged:latest, warn restricted:v1.29"},
        labels_case{
            "WarnVersionOfItsOwn",
            {{"enforce", "baseline"}, {"enforce-version", "v1.29"}, {"warn-version", "v1.30"}},
            "enforce baseline:v1.29, audit privileged:latest, warn baseline:v1.30"},
        labels_case{
            "WarnPrivilegedIsMeant",
            {{"enforce", "restricted"}, {"warn", "privileged"}},
            "enforce restricted:latest, audit privileged:latest, warn privileged:latest"},
        labels_case{
            "PrivilegedIsNotWarnedOf",
            {{"enforce", "privileged"}, {"enforce-version", "v1.29"}},
            "enforce privileged:v1.29, audit privileged:latest, warn privileged:latest"},
        labels_case{
            "VersionAlone",
            {{"audit-version", "v1.20"}},
            "enforce privileged:latest, audit privileged:v1.20, warn privileged:latest"},
        labels_case{
            "NewerThanKnownStaysAsWritten",
            {{"audit", "baseline"}, {"audit-version", "v1.99"}},
            "enforce privileged:latest, audit baseline:v1.99, warn privileged:latest"}
    ),
    testing_support::case_name()
);

TEST(NamespaceLabels, OfOthersAreNotRead) {
    const std::vector<label> labels = {
        {"enforce", "restricted"},
        {"pod-security.example/enforce", "restricted"},
        {"kubernetes.io/metadata.name", "prod"},
    };
    const labels_read read = read_labels(labels);
    EXPECT_EQ(read.levels, namespace_levels{});
    EXPECT_EQ(lines_of(read.problems), std::vector<std::string>());
}

struct problem_case {
    std::string name;
    label wrong;
    std::string levels;
    std::string problem;
};

class WrongNamespaceLabels : public testing::TestWithParam<problem_case> {};

TEST_P(WrongNamespaceLabels, CloseForEnforceAndOpenForTheRest) {
    const problem_case& one = GetParam();
    const labels_read read = read_labels(labels_of({one.wrong}));
    EXPECT_EQ(text_of(read.levels), one.levels);
    EXPECT_EQ(lines_of(read.problems), std::vector<std::string>{one.problem});
}

const std::string all_privileged =
    "enforce privileged:latest, audit privileged:latest, warn privileged:latest";

INSTANTIATE_TEST_SUITE_P(
    Bad,
    WrongNamespaceLabels,
    testing::Values(
        problem_case{
            "EnforceLevel",
            {"enforce", "restrcted"},
            "enforce restricted:latest, audit privileged:latest, warn privileged:latest",
            "refused pod-security.kubernetes.io/enforce \"restrcted\" is no level (privileged, "
            "baseline, restricted); restricted holds"},
        problem_case{
            "EmptyEnforceLevel",
            {"enforce", ""},
            "enforce restricted:latest, audit privileged:latest, warn privileged:latest",
            "refused pod-security.kubernetes.io/enforce \"\" is no level (privileged, baseline, "
            "restricted); restricted holds"},
        problem_case{
            "CapitalAuditLevel",
            {"audit", "Restricted"},
            all_privileged,
            "refused pod-security.kubernetes.io/audit \"Restricted\" is no level (privileged, "
            "baseline, restricted); privileged holds"},
        problem_case{
            "WarnLevel",
            {"warn", "all"},
            all_privileged,
            "refused pod-security.kubernetes.io/warn \"all\" is no level (privileged, baseline, "
            "restricted); privileged holds"},
        problem_case{
            "EnforceVersion",
            {"enforce-version", "1.29"},
            all_privileged,
            "refused pod-security.kubernetes.io/enforce-version \"1.29\" is no version (latest, or "
            "v1.N as in v1.29); latest holds"},
        problem_case{
            "AuditVersion",
            {"audit-version", "v2.1"},
            all_privileged,
            "refused pod-security.kubernetes.io/audit-version \"v2.1\" is no version (latest, or "
            "v1.N as in v1.29); latest holds"},
        problem_case{
            "WarnVersion",
            {"warn-version", "v1.030"},
            all_privileged,
            "refused pod-security.kubernetes.io/warn-version \"v1.030\" is no version (latest, or "
            "v1.N as in v1.29); latest holds"},
        problem_case{
            "UnknownMode",
            {"enforce-level", "restricted"},
            all_privileged,
            "ignored pod-security.kubernetes.io/enforce-level is no label of Pod Security "
            "Admission, which ignores it"}
    ),
    testing_support::case_name()
);

TEST(WrongNamespaceLabels, AnUnreadableEnforceIsNotWarnedOf) {
    const labels_read read = read_labels(labels_of({{"enforce", "x"}, {"enforce-version", "y"}}));
    EXPECT_EQ(
        text_of(read.levels),
        "enforce restricted:latest, audit privileged:latest, warn privileged:latest"
    );
    EXPECT_EQ(read.problems.size(), 2U);
}

} // namespace
} // namespace gatehouse::policy
