#include "server/check/render.h"

#include "tests/support/golden.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using testing_support::expect_golden;

/// One of everything.
check_report full_report() {
    check_report out;
    checked_object denied{
        .source = "web.yaml",
        .place = {.document = 2, .item = {}},
        .kind = "Deployment",
        .namespace_name = "prod",
        .name = "web",
        .allowed = false,
        .note = "",
        .violations = {},
        .warnings =
            {"Deployment prod/web: container \"app\" has the tag latest [base/image-tag]",
             "exemption mesh of policy base, used here, holds until 2026-05-03 only"},
        .further_warnings =
            {"exemption mesh of policy base, used here, holds until 2026-05-03 only"},
        .not_checked = {"image-signature", "image-user"},
        .identities = {},
    };
    denied.violations = {
        {.policies = {"production", "base"},
         .rule = policy::rule_id::image_registry,
         .action = policy::action::deny,
         .container = "app",
         .field = "spec.template.spec.containers[0].image",
         .message =
             "container \"app\" image docker.io/library/nginx is not from an allowed registry",
         .suffix = " [production/image-registry, base/image-registry]"},
        {.policies = {"base"},
         .rule = policy::rule_id::image_tag,
         .action = policy::action::warn,
         .container = "app",
         .field = "spec.template.spec.containers[0].image",
         .message = "container \"app\" has the tag latest",
         .suffix = " [base/image-tag]"},
        {.policies = {"base"},
         .rule = policy::rule_id::fs_group,
         .action = policy::action::audit,
         .container = "",
         .field = "spec.template.spec.securityContext.fsGroup",
         .message = "pod fsGroup is not set",
         .suffix = " [base/fs-group]"},
    };
    out.results.push_back(denied);
    checked_object allowed;
    allowed.source = "all\x1b[2J.yaml";
    allowed.place = {.document = 1, .item = 3};
    allowed.kind = "Pod";
    allowed.namespace_name = "test";
    allowed.name = "two\nlines";
    allowed.allowed = true;
    out.results.push_back(allowed);
    allowed.name = "other";
    allowed.note = "no policy matches";
    out.results.push_back(allowed);
    out.errors = {
        {.source = "bad.yaml",
         .place = manifest_place{.document = 2, .item = {}},
         .at = policy::position{5, 1},
         .message = "not valid YAML: expected `,` or `]` here"},
        {.source = "bad.yaml",
         .place = manifest_place{.document = 3, .item = 1},
         .at = {},
         .message = "spec.containers[0].image: must be a string"},
        {.source = "none.yaml", .place = {}, .at = {}, .message = "No such file or directory"},
    };
    out.skipped = {"Service", "ConfigMap", "Service", "a\nb"};
    return out;
}

TEST(CheckText, IsGroupedByObject) {
    expect_golden(check_text(full_report(), colours::off), "check/report.txt");
}

TEST(CheckText, IsColouredWhereAsked) {
    expect_golden(check_text(full_report(), colours::on), "check/report_coloured.txt");
}

TEST(CheckText, SaysSoWhereNothingWasJudged) {
    EXPECT_EQ(check_text({}, colours::on), "0 judged, 0 denied\n");
}

TEST(CheckErrorsText, IsALineEach) {
    EXPECT_EQ(
        check_errors_text(full_report()),
        "bad.yaml:5:1: document 2: not valid YAML: expected `,` or `]` here\n"
        "bad.yaml: document 3, item 1: spec.containers[0].image: must be a string\n"
        "none.yaml: No such file or directory\n"
    );
    EXPECT_EQ(check_errors_text({}), "");
}

TEST(CheckJson, HasTheShapeOfTheInterface) {
    expect_golden(check_json(full_report()), "check/report.json");
}

TEST(CheckJson, IsWholeWhereNothingWasJudged) {
    EXPECT_EQ(
        check_json({}),
        "{\n  \"results\": [],\n  \"errors\": [],\n  \"summary\": {\n    \"judged\": 0,\n"
        "    \"denied\": 0,\n    \"skipped\": 0\n  }\n}\n"
    );
}

TEST(CheckJson, SurvivesAFileNameThatIsNotUtf8) {
    check_report report;
    report.errors = {{.source = "\xff", .place = {}, .at = {}, .message = "gone"}};
    EXPECT_NE(check_json(report).find("\"source\": \"\xef\xbf\xbd\""), std::string::npos);
}

TEST(CheckStatus, IsTwoForAnErrorEvenBesideADenial) {
    check_report report = full_report();
    EXPECT_EQ(status_of(report, false), 2);
    report.errors.clear();
    EXPECT_EQ(status_of(report, false), 1);
    report.results.erase(report.results.begin());
    EXPECT_EQ(status_of(report, false), 0);
    EXPECT_EQ(status_of({}, true), 0);
}

TEST(CheckStatus, IsTwoForWhatWasNotCheckedIfStrict) {
    check_report report = full_report();
    report.errors.clear();
    EXPECT_EQ(status_of(report, true), 2);
    report.results.front().not_checked.clear();
    EXPECT_EQ(status_of(report, true), 1);
}

} // namespace
} // namespace gatehouse::server
