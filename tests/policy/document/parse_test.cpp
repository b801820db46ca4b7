// Documents, files and sets of files as a whole.
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
using testing_support::policy_named;
using testing_support::policy_text_with;
using testing_support::policy_with_spec;
using testing_support::texts;

TEST(PolicyParse, FillsInDefaults) {
    const parsed_policies read = parsed(policy_text_with(""));
    ASSERT_THAT(texts(read.errors), IsEmpty());
    ASSERT_EQ(read.policies.size(), 1U);
    const policy_document& policy = read.policies[0];
    EXPECT_EQ(policy.name, "p");
    EXPECT_EQ(policy.validation_actions, (actions{.deny = true, .warn = false, .audit = false}));
    EXPECT_EQ(policy.workloads, template_mode::warn);
    EXPECT_FALSE(policy.run_as.has_value());
    EXPECT_FALSE(policy.pod_security.has_value());
    EXPECT_THAT(policy.exemptions, IsEmpty());
}

struct word_case {
    std::string name;
    std::string lines;
    actions validation_actions;
    template_mode workloads;
};

class PolicyWords : public testing::TestWithParam<word_case> {};

TEST_P(PolicyWords, AreRead) {
    const parsed_policies read = parsed(policy_text_with(GetParam().lines));
    ASSERT_THAT(texts(read.errors), IsEmpty());
    EXPECT_EQ(read.policies.at(0).validation_actions, GetParam().validation_actions);
    EXPECT_EQ(read.policies.at(0).workloads, GetParam().workloads);
}

constexpr actions deny{.deny = true, .warn = false, .audit = false};

INSTANTIATE_TEST_SUITE_P(
    Policies,
    PolicyWords,
    testing::Values(
        word_case{
            "Deny",
            "  validationActions: [Deny]\n  workloads: Deny\n",
            deny,
            template_mode::deny},
        word_case{
            "Warn",
            "  validationActions: [Warn]\n  workloads: Warn\n",
            {.deny = false, .warn = true, .audit = false},
            template_mode::warn},
        word_case{
            "Audit",
            "  validationActions: [Audit]\n  workloads: Ignore\n",
            {.deny = false, .warn = false, .audit = true},
            template_mode::ignore},
        word_case{
            "DenyAndAudit",
            "  validationActions: [Audit, Deny]\n",
            {.deny = true, .warn = false, .audit = true},
            template_mode::warn},
        word_case{
            "WarnAndAudit",
            "  validationActions: [Warn, Audit]\n",
            {.deny = false, .warn = true, .audit = true},
            template_mode::warn},
        word_case{"RegistryDefault", "  onRegistryUnavailable: Deny\n", deny, template_mode::warn}
    ),
    testing_support::case_name()
);

TEST(PolicyParse, ReadsWhatKubectlPrints) {
    EXPECT_THAT(
        errors_of(R"({"apiVersion": "gatehouse.dev/v1alpha1",
	"kind": "AdmissionPolicy",
	"metadata": {"annotations": {"note": "\ud83d\ude00"}, "creationTimestamp": null,
		"generation": 1, "labels": {}, "managedFields": [], "name": "p",
		"resourceVersion": "12", "uid": "x", "ownerReferences": [], "finalizers": []},
	"spec": {"images": {"requireDigest": true}},
	"status": {"conditions": []}
})"),
        IsEmpty()
    );
}

TEST(PolicyParse, ManyDocumentsInOrder) {
    const parsed_policies read = parsed(
        "# all of them\n---\n" + policy_named("b") + "---\n---\n# nothing\n---\n"
        + policy_named("a") + "...\n---\n"
    );
    ASSERT_THAT(texts(read.errors), IsEmpty());
    ASSERT_EQ(read.policies.size(), 2U);
    EXPECT_EQ(read.policies[0].name, "b");
    EXPECT_EQ(read.policies[1].name, "a");
}

struct document_case {
    std::string name;
    std::string text;
    std::vector<std::string> errors;
};

class PolicyDocument : public testing::TestWithParam<document_case> {};

TEST_P(PolicyDocument, IsJudgedAsAWhole) {
    EXPECT_THAT(errors_of(GetParam().text), ElementsAreArray(GetParam().errors));
}

constexpr const char* nothing_here = "1:1: there is no policy in this file";
constexpr const char* no_mapping = ": must be a mapping with apiVersion, kind, metadata and spec";

INSTANTIATE_TEST_SUITE_P(
    Policies,
    PolicyDocument,
    testing::Values(
        document_case{"EmptyFile", "", {nothing_here}},
        document_case{"CommentsOnly", "# a\n", {nothing_here}},
        document_case{"MarkersOnly", "---\n---\n", {nothing_here}},
        document_case{"Scalar", "---\nhello\n", {std::string("2:1") + no_mapping}},
        document_case{"List", "- a\n", {std::string("1:1") + no_mapping}},
        document_case{
            "EmptyMapping",
            "{}",
            {"1:1: apiVersion: is required",
             "1:1: kind: is required",
             "1:1: metadata: is required",
             "1:1: spec: is required"}},
        document_case{
            "OtherKind",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {a: b}\n",
            {"2:7: kind: must be AdmissionPolicy, not \"Pod\""}},
        document_case{
            "ServerConfiguration",
            "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\nregistries: []\n",
            {"2:7: kind: must be AdmissionPolicy; a ServerConfiguration is given to `serve "
             "--config`"}},
        document_case{
            "OtherVersion",
            "apiVersion: gatehouse.dev/v1\nkind: AdmissionPolicy\nmetadata: {name: p}\nspec: "
            "{images: {requireDigest: true}}\n",
            {"1:13: apiVersion: must be gatehouse.dev/v1alpha1, not \"gatehouse.dev/v1\""}},
        document_case{
            "KindIsAList",
            "apiVersion: gatehouse.dev/v1alpha1\nkind: [AdmissionPolicy]\nmetadata: {name: "
            "p}\nspec: {images: {requireDigest: true}}\n",
            {"2:7: kind: must be one value, not a list"}},
        document_case{
            "NameMissing",
            "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata:\n  labels: "
            "{}\nspec: {images: {requireDigest: true}}\n",
            {"4:3: metadata.name: is required"}},
        document_case{
            "NameIsNoSubdomain",
            policy_named("Prod_1"),
            {"3:18: metadata.name: \"Prod_1\" is not a DNS subdomain: lower-case letters, digits, "
             "\"-\" and \".\", with a letter or digit at both ends and beside every dot"}},
        document_case{
            "NameWithTwoDots",
            policy_named("a..b"),
            {"3:18: metadata.name: \"a..b\" is not a DNS subdomain: lower-case letters, digits, "
             "\"-\" and \".\", with a letter or digit at both ends and beside every dot"}},
        document_case{"NameIsASubdomain", policy_named("1.a-b.c9"), {}},
        document_case{"LongestName", policy_named(std::string(253, 'a')), {}},
        document_case{
            "NameTooLong",
            policy_named(std::string(254, 'a')),
            {"3:18: metadata.name: is longer than 253 characters"}},
        document_case{
            "MisspeltObjectMeta",
            "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {name: p, "
            "lables: {}}\nspec: {images: {requireDigest: true}}\n",
            {"3:21: metadata.lables: unknown field; did you mean labels?"}},
        document_case{
            "SpecIsEmpty",
            "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {name: "
            "p}\nspec:\n",
            {"4:1: spec: is empty; write a value or leave it out"}},
        document_case{
            "SyntaxErrorThenAPolicy",
            "a: [\n---\nkind: AdmissionPolicy\n",
            {"2:1: not valid YAML: expected `,` or `]` here",
             "3:1: apiVersion: is required",
             "3:1: metadata: is required",
             "3:1: spec: is required"}},
        document_case{"NotUtf8", "a: \xff\n", {"1:4: this is not UTF-8"}},
        document_case{
            "TooDeep",
            "a: " + std::string(40, '[') + std::string(40, ']') + "\n",
            {"1:35: not valid YAML: nested more than 32 levels deep"}}
    ),
    testing_support::case_name()
);

struct no_rule_case {
    std::string name;
    std::string lines; ///< of the spec, from line 5 on
    std::vector<std::string> errors;
};

class PolicyWithoutAnyRule : public testing::TestWithParam<no_rule_case> {};

TEST_P(PolicyWithoutAnyRule, IsRefused) {
    EXPECT_THAT(errors_of(policy_with_spec(GetParam().lines)), ElementsAreArray(GetParam().errors));
}

constexpr const char* no_rule =
    "5:3: spec: the policy has no rule; give it podSecurity, runAs, images or signatures";

INSTANTIATE_TEST_SUITE_P(
    Policies,
    PolicyWithoutAnyRule,
    testing::Values(
        no_rule_case{"MatchOnly", "  match: {namespaces: [a]}\n", {no_rule}},
        no_rule_case{"EmptyRunAs", "  runAs: {}\n", {no_rule}},
        no_rule_case{
            "ModesOnly",
            "  runAs: {userNamespaces: Judge, imageUser: Ignore}\n",
            {no_rule}},
        no_rule_case{
            "BesideOtherErrors",
            "  workloads: Maybe\n",
            {no_rule, "5:14: spec.workloads: \"Maybe\" is unknown; it may be Deny, Warn, Ignore"}},
        no_rule_case{"NoSignatures", "  signatures: []\n", {no_rule}},
        no_rule_case{"UnsignedImagesAllowed", "  unsignedImages: Allow\n", {no_rule}},
        no_rule_case{
            "UnavailableOnly",
            "  onRegistryUnavailable: Never\n",
            {no_rule,
             "5:26: spec.onRegistryUnavailable: \"Never\" is unknown; it may be Deny, Warn"}},
        no_rule_case{"UnsignedImagesIsOne", "  unsignedImages: Warn\n", {}},
        no_rule_case{
            "SignaturesAreOne",
            "  signatures:\n  - name: a\n    images: [a/b]\n    authorities: [{name: x, static: "
            "Pass}]\n",
            {}},
        no_rule_case{
            "UnknownFieldsMayHaveBeenOne",
            "  iamges: {requireDigest: true}\n",
            {"5:3: spec.iamges: unknown field; did you mean images?"}},
        no_rule_case{
            "BrokenSectionsMayHaveBeenOne",
            "  runAs: {runAsUser: 5}\n",
            {"5:22: spec.runAs.runAsUser: must be a mapping of fields, not \"5\""}},
        no_rule_case{"ImagesMustBeWellFormed", "  images: {}\n", {}},
        no_rule_case{"RunAsAnyIsOne", "  runAs: {fsGroup: {rule: RunAsAny}}\n", {}},
        no_rule_case{"StrictIsOne", "  runAs: {supplementalGroupsPolicy: Strict}\n", {}},
        no_rule_case{"PrivilegedIsOne", "  podSecurity: {level: privileged}\n", {}}
    ),
    testing_support::case_name()
);

TEST(PolicyParse, DenyWithWarnIsRefused) {
    EXPECT_THAT(
        errors_of(policy_text_with("  validationActions: [Warn, Deny]\n")),
        ElementsAre(
            "6:22: spec.validationActions: Deny and Warn exclude each other: a denial says all "
            "that a warning would"
        )
    );
}

} // namespace
} // namespace gatehouse::policy
