// What becomes of findings in the templates of workloads.
#include "policy/decide.h"
#include "tests/support/case_name.h"
#include "tests/support/denied_tag.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing_support::bad_tag;
using testing_support::bad_tag_text;
using testing_support::deny_bad;
using testing_support::judged_request;
using testing_support::lines_of;
using testing_support::policy_with;

struct template_case {
    std::string name;
    std::string spec;
    std::string kind;
    bool has_controller;
    template_judgement templates;
    std::vector<std::string> lines;
};

class Templates : public testing::TestWithParam<template_case> {};

TEST_P(Templates, FollowWorkloads) {
    const template_case& row = GetParam();
    const auto policies = policy_with(row.spec + deny_bad);
    judged_request request(bad_tag);
    request->scope = scope::workload;
    request->object_kind = row.kind;
    request->path = "spec.template.";
    request->has_controller = row.has_controller;
    EXPECT_EQ(lines_of(decide(make_plan(*request, *policies, {}, row.templates))), row.lines);
}

const std::string in_template = " spec.template." + bad_tag_text + "[p/image-tag]";
constexpr auto admission = template_judgement::as_admission;

INSTANTIATE_TEST_SUITE_P(
    Decide,
    Templates,
    testing::Values(
        template_case{
            "WarnIsTheDefault",
            "",
            "Deployment",
            false,
            admission,
            {"Warn" + in_template}},
        template_case{
            "Deny",
            "workloads: Deny, ",
            "Deployment",
            false,
            admission,
            {"Deny" + in_template}},
        template_case{"Ignore", "workloads: Ignore, ", "Deployment", false, admission, {}},
        template_case{
            "WarnLeavesAudit",
            "validationActions: [Audit], ",
            "Deployment",
            false,
            admission,
            {"Audit" + in_template}},
        template_case{
            "OwnedReplicaSet",
            "workloads: Deny, ",
            "ReplicaSet",
            true,
            admission,
            {"Warn" + in_template}},
        template_case{
            "OwnedJob",
            "workloads: Deny, ",
            "Job",
            true,
            admission,
            {"Warn" + in_template}},
        template_case{
            "OwnedStatefulSet",
            "workloads: Deny, ",
            "StatefulSet",
            true,
            admission,
            {"Deny" + in_template}},
        template_case{
            "AsPods",
            "",
            "Deployment",
            false,
            template_judgement::as_pods,
            {"Deny" + in_template}},
        template_case{
            "AsPodsEvenIfIgnored",
            "workloads: Ignore, ",
            "Deployment",
            false,
            template_judgement::as_pods,
            {"Deny" + in_template}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
