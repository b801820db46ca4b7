#include "policy/migrate/from_gatekeeper.h"

#include "policy/document/parse.h"
#include "policy/document/print.h"
#include "tests/support/case_name.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

/// A note a line, `error` or `warning` first; or the reader's complaint.
struct converted {
    std::string notes;
    std::string policy; ///< its YAML from validationActions on; empty where there is none
};

constexpr std::string_view head =
    "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata:\n  name: c\nspec:\n";

void expect_valid(const std::string& text) {
    const std::vector<policy_source> sources = {{"p.yaml", text}};
    for (const diagnostic& one : parse_policies(sources).errors) {
        ADD_FAILURE() << one.text();
    }
}

converted convert(const std::string& kind, const std::string& spec, const std::string& name = "c") {
    simdjson::dom::parser parser;
    const std::string text =
        fmt::format(R"({{"metadata": {{"name": "{}"}}, "spec": {}}})", name, spec);
    const result<gatekeeper_constraint> read = read_constraint(kind, parser.parse(text));
    if (!read) {
        return {read.error().detail(), ""};
    }
    const migrated_constraint made = policy_from_constraint(read.value());
    converted out;
    for (const migration_note& one : made.notes) {
        out.notes +=
            fmt::format("{} {}: {}\n", one.is_error ? "error" : "warning", one.field, one.message);
    }
    if (made.policy) {
        const std::string whole = text_of(*made.policy);
        expect_valid(whole);
        EXPECT_TRUE(whole.starts_with(head)) << whole;
        out.policy = whole.substr(head.size());
    }
    return out;
}

struct constraint_case {
    std::string name;
    std::string kind;
    std::string spec;
    std::string policy;
    std::string notes;
};

class FromGatekeeper : public testing::TestWithParam<constraint_case> {};

TEST_P(FromGatekeeper, MakesAPolicy) {
    const converted made = convert(GetParam().kind, GetParam().spec);
    EXPECT_EQ(made.policy, GetParam().policy);
    EXPECT_EQ(made.notes, GetParam().notes);
}

const std::string deny = "  validationActions: [Deny]\n  workloads: Ignore\n";
const std::string digest = "  images:\n    requireDigest: true\n";

INSTANTIATE_TEST_SUITE_P(
    Parameters,
    FromGatekeeper,
    testing::Values(
        constraint_case{
            "Repos",
            "K8sAllowedRepos",
            R"({"parameters": {"repos": ["reg.example/", "reg.example/", "acme/"]}})",
            deny + "  images:\n    allow:\n    - \"reg.example/**\"\n    - \"docker.io/acme/**\"\n",
            ""},
        constraint_case{
            "RepoWithoutSlash",
            "K8sAllowedRepos",
            R"({"parameters": {"repos": ["reg.example"]}})",
            deny + "  images:\n    allow:\n    - \"reg.example/**\"\n",
            "warning spec.parameters.repos[0]: \"reg.example\" has no / at its end and stood for "
            "every host that begins so, reg.example.attacker.example too; the policy takes it for "
            "the whole host\n"},
        constraint_case{
            "ReposKnowNoExemptImages",
            "K8sAllowedRepos",
            R"({"parameters": {"repos": ["reg.example/"], "exemptImages": ["nginx"]}})",
            deny + "  images:\n    allow:\n    - \"reg.example/**\"\n",
            "warning spec.parameters.exemptImages: is not carried over\n"},
        constraint_case{
            "AllowedImages",
            "K8sAllowedReposv2",
            R"({"parameters": {"allowedImages": ["reg.example/core/*", "reg.example/app:1"]}})",
            deny
                + "  images:\n    allow:\n    - \"reg.example/core/**\"\n    - "
                  "\"reg.example/app:1\"\n",
            ""},
        constraint_case{
            "NoRepos",
            "K8sAllowedRepos",
            R"({"parameters": {"repos": []}})",
            "",
            "error spec.parameters.repos: leaves no image that is allowed; images: {deny: "
            "[\"**\"]} "
            "says that\n"},
        constraint_case{
            "Tags",
            "K8sDisallowedTags",
            R"({"parameters": {"tags": ["latest", "dev", "dev", "v*", ""], "exemptImages": ["nginx"]}})",
            deny
                + "  images:\n    denyTags:\n    - latest\n    - dev\n  exemptions:\n  - name: "
                  "exempt-images\n    images:\n    - \"docker.io/library/nginx:latest\"\n    "
                  "rules:\n    - image-tag\n    until: never\n    reason: \"exemptImages of "
                  "K8sDisallowedTags c\"\n",
            "warning spec.parameters.tags[3]: \"v*\" is no tag; it is left out\n"
            "warning spec.parameters.tags[4]: \"\" is no tag; it is left out\n"},
        constraint_case{
            "TagsWithoutLatest",
            "K8sDisallowedTags",
            R"({"parameters": {"tags": ["dev"]}})",
            deny + "  images:\n    denyTags:\n    - dev\n    - latest\n",
            "warning spec.parameters.tags: an image without a tag was refused and the tag latest "
            "was not; the policy takes both for the same and refuses them\n"},
        constraint_case{"Digests", "K8sImageDigests", "{}", deny + digest, ""},
        constraint_case{
            "DigestExemption",
            "K8sImageDigests",
            R"({"parameters": {"exemptImages": ["reg.example/dev/*", "a@sha256:1"]}})",
            deny + digest
                + "  exemptions:\n  - name: exempt-images\n    images:\n    - "
                  "\"reg.example/dev/**\"\n    rules:\n    - image-digest\n    until: never\n    "
                  "reason: \"exemptImages of K8sImageDigests c\"\n",
            "warning spec.parameters.exemptImages[1]: \"a@sha256:1\" is no image and is left out: "
            "the digest \"sha256:1\" has not exactly 64 lower-case hex digits behind sha256:\n"},
        constraint_case{
            "Users",
            "K8sPSPAllowedUsers",
            R"({"parameters": {"runAsUser": {"rule": "MustRunAsNonRoot"},
                "runAsGroup": {"rule": "MayRunAs", "ranges": [{"min": 1, "max": 65535}]},
                "fsGroup": {"rule": "RunAsAny", "ranges": [{"min": 1, "max": 2}]},
                "supplementalGroups": {"rule": "MustRunAs", "ranges":
                    [{"min": -5, "max": 9999999999}, {"min": 9, "max": 3}]},
                "exemptImages": ["reg.example/mesh/proxy:1"]}})",
            deny + R"(  runAs:
    runAsUser:
      rule: MustRunAsNonRoot
    runAsGroup:
      rule: MayRunAs
      ranges:
      - {min: 1, max: 65535}
    fsGroup:
      rule: RunAsAny
    supplementalGroups:
      rule: MustRunAs
      ranges:
      - {min: 0, max: 2147483647}
  exemptions:
  - name: exempt-images
    images:
    - "reg.example/mesh/proxy:1"
    rules:
    - run-as-user
    - run-as-group
    until: never
    reason: "exemptImages of K8sPSPAllowedUsers c"
)",
            "warning spec.parameters.supplementalGroups.ranges[1]: holds no id; it is left out\n"
            "warning spec.parameters.runAsUser.rule: a runAsUser other than 0 was enough, even "
            "with "
            "runAsNonRoot: false, which the policy refuses\n"
            "warning spec.parameters.supplementalGroups.rule: an empty list was enough; the policy "
            "asks for at least one group\n"
            "warning spec.parameters.exemptImages: does not exempt from fsGroup and "
            "supplementalGroups, which are the pod's\n"},
        constraint_case{
            "UsersWithoutRules",
            "K8sPSPAllowedUsers",
            R"({"parameters": {"exemptImages": ["a"], "runAsUser": null}})",
            "",
            "error spec.parameters: asks for nothing\n"},
        constraint_case{
            "UsersWithoutRanges",
            "K8sPSPAllowedUsers",
            R"({"parameters": {"runAsUser": {"rule": "MustRunAs"}}})",
            "",
            "error spec.parameters.runAsUser.ranges: has 0 that can be used; 1 to 64 are needed\n"},
        constraint_case{
            "GroupThatMustNotBeRoot",
            "K8sPSPAllowedUsers",
            R"({"parameters": {"runAsGroup": {"rule": "MustRunAsNonRoot"}}})",
            "",
            "error spec.parameters.runAsGroup.rule: \"MustRunAsNonRoot\" is no rule for it\n"}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Match,
    FromGatekeeper,
    testing::Values(
        constraint_case{
            "Namespaces",
            "K8sImageDigests",
            R"({"match": {"namespaces": ["prod-*", "prod-*", "*-eu", "a*b", "x?", "Prod"],
                "excludedNamespaces": ["kube-*"], "scope": "Namespaced"}})",
            deny
                + "  match:\n    namespaces:\n    - \"prod-*\"\n    - \"*-eu\"\n    "
                  "excludeNamespaces:\n    - \"kube-*\"\n"
                + digest,
            "warning spec.match.namespaces[3]: \"a*b\" names no namespace; it is left out\n"
            "warning spec.match.namespaces[4]: \"x?\" names no namespace; it is left out\n"
            "warning spec.match.namespaces[5]: \"Prod\" names no namespace; it is left out\n"},
        constraint_case{
            "NoNamespaceIsOne",
            "K8sImageDigests",
            R"({"match": {"namespaces": ["Prod"]}})",
            "",
            "warning spec.match.namespaces[0]: \"Prod\" names no namespace; it is left out\n"
            "warning spec.match.namespaces: none of them is a namespace: there is nothing to make "
            "a "
            "policy of\n"},
        constraint_case{
            "EveryNamespaceExcluded",
            "K8sImageDigests",
            R"({"match": {"excludedNamespaces": ["*"]}})",
            "",
            "warning spec.match.excludedNamespaces: excludes every namespace: there is nothing to "
            "make a policy of\n"},
        constraint_case{
            "PodsAmongOtherKinds",
            "K8sImageDigests",
            R"({"match": {"kinds": [{"apiGroups": ["apps"], "kinds": ["Deployment", "StatefulSet"]},
                {"apiGroups": [""], "kinds": ["Pod"]}]}})",
            deny + digest,
            "warning spec.match.kinds: Deployment, StatefulSet: left out, Gatekeeper's rule looks "
            "into Pods only; workloads: Warn or Deny has the policy judge pod templates\n"},
        constraint_case{
            "EveryKind",
            "K8sImageDigests",
            R"({"match": {"kinds": [{"apiGroups": ["*"], "kinds": ["*"]}]}})",
            deny + digest,
            ""},
        constraint_case{
            "NoPods",
            "K8sImageDigests",
            R"({"match": {"kinds": [{"apiGroups": ["apps"], "kinds": ["Pod"]}]}})",
            "",
            "warning spec.match.kinds: selects no Pods: there is nothing to make a policy of\n"},
        constraint_case{
            "ClusterScope",
            "K8sImageDigests",
            R"({"match": {"scope": "Cluster"}})",
            "",
            "warning spec.match.scope: selects no Pods: there is nothing to make a policy of\n"},
        constraint_case{
            "Selectors",
            "K8sImageDigests",
            R"({"match": {"labelSelector": {"matchLabels": {"a": "b"}}, "name": "web-*",
                "namespaceSelector": {"matchExpressions": [{}]}, "source": "Original"},
                "parameters": {"other": 1, "empty": []}})",
            deny + digest,
            "warning spec.match.labelSelector: is not carried over: the policy holds for pods of "
            "every label\n"
            "warning spec.match.name: is not carried over\n"
            "warning spec.match.namespaceSelector: is not carried over: the policy holds in "
            "namespaces of every label; name them in match.namespaces\n"
            "warning spec.match.source: is not carried over\n"
            "warning spec.parameters.other: is not carried over\n"},
        constraint_case{
            "EmptySelectorsSayNothing",
            "K8sImageDigests",
            R"({"match": {"labelSelector": {}, "namespaceSelector": null, "name": ""}})",
            deny + digest,
            ""}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Actions,
    FromGatekeeper,
    testing::Values(
        constraint_case{
            "Warn",
            "K8sImageDigests",
            R"({"enforcementAction": "warn"})",
            "  validationActions: [Warn]\n  workloads: Ignore\n" + digest,
            ""},
        constraint_case{
            "DryRun",
            "K8sImageDigests",
            R"({"enforcementAction": "dryrun"})",
            "  validationActions: [Audit]\n  workloads: Ignore\n" + digest,
            "warning spec.enforcementAction: dryrun becomes Audit: findings are in the API "
            "server's "
            "audit log and in metrics, not in the status of the constraint\n"},
        constraint_case{
            "Scoped",
            "K8sImageDigests",
            R"({"enforcementAction": "scoped", "scopedEnforcementActions": [
                {"action": "deny", "enforcementPoints": [{"name": "gator.gatekeeper.sh"}]},
                {"action": "warn", "enforcementPoints": [{"name": "validation.gatekeeper.sh"}]}]})",
            "  validationActions: [Warn]\n  workloads: Ignore\n" + digest,
            "warning spec.scopedEnforcementActions: only what holds for the webhook is carried "
            "over: warn\n"},
        constraint_case{
            "ScopedWarnBehindDeny",
            "K8sImageDigests",
            R"({"enforcementAction": "scoped", "scopedEnforcementActions": [
                {"action": "deny", "enforcementPoints": [{"name": "validation.gatekeeper.sh"}], "x": 1},
                {"action": "warn", "enforcementPoints": [{"x": 1, "name": "*"}]},
                {"action": "dryrun", "enforcementPoints": [{"name": "*"}]}]})",
            deny + digest,
            "warning spec.scopedEnforcementActions: only what holds for the webhook is carried "
            "over: deny\n"},
        constraint_case{
            "ScopedElsewhereOnly",
            "K8sImageDigests",
            R"({"enforcementAction": "scoped", "scopedEnforcementActions": [
                {"action": "deny", "enforcementPoints": [{"name": "audit.gatekeeper.sh"}]}]})",
            "  validationActions: [Audit]\n  workloads: Ignore\n" + digest,
            "warning spec.scopedEnforcementActions: only what holds for the webhook is carried "
            "over: dryrun\n"
            "warning spec.enforcementAction: dryrun becomes Audit: findings are in the API "
            "server's audit log and in metrics, not in the status of the constraint\n"},
        constraint_case{
            "ScopedEverywhere",
            "K8sImageDigests",
            R"({"enforcementAction": "scoped", "scopedEnforcementActions": [
                {"action": "deny", "enforcementPoints": [{"name": "*"}]},
                {"action": "warn", "enforcementPoints": [{"name": "validation.gatekeeper.sh"}]}]})",
            deny + digest,
            "warning spec.scopedEnforcementActions: only what holds for the webhook is carried "
            "over: deny\n"},
        constraint_case{
            "Unknown",
            "K8sImageDigests",
            R"({"enforcementAction": "block"})",
            "",
            "error spec.enforcementAction: \"block\" is none of deny, warn, dryrun, scoped\n"}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Rest,
    FromGatekeeper,
    testing::Values(
        constraint_case{
            "WhatIsNotReadIsTold",
            "K8sImageDigests",
            R"({"future": {"a": 1}, "nothing": {}, "match": {"source": "All"}, "parameters": {"tags": ["a"],
                "runAsUser": {"rule": "RunAsAny"}}})",
            deny + digest,
            "warning spec.future: is not carried over\n"
            "warning spec.match.source: is not carried over\n"
            "warning spec.parameters.tags: is not carried over\n"
            "warning spec.parameters.runAsUser: is not carried over\n"},
        constraint_case{
            "WhatIsNotReadOfIds",
            "K8sPSPAllowedUsers",
            R"({"parameters": {"supplementalGroups": null, "future": 1, "fsGroup":
                {"rule": "MayRunAs", "more": [1], "ranges": [{"min": 1, "max": 2, "x": 3}]}}})",
            deny
                + "  runAs:\n    fsGroup:\n      rule: MayRunAs\n      ranges:\n      - {min: 1, "
                  "max: "
                  "2}\n",
            "warning spec.parameters.future: is not carried over\n"
            "warning spec.parameters.fsGroup.more: is not carried over\n"},
        constraint_case{
            "OtherKindsBesidePods",
            "K8sImageDigests",
            R"({"match": {"kinds": [{"apiGroups": ["apps"], "kinds": ["Deployment", "*"]},
                {"apiGroups": ["*"], "kinds": ["Deployment", "*"], "x": 1}]}})",
            deny + digest,
            "warning spec.match.kinds: Deployment: left out, Gatekeeper's rule looks into Pods "
            "only; "
            "workloads: Warn or Deny has the policy judge pod templates\n"},
        constraint_case{
            "EveryKindOfTheCoreGroup",
            "K8sImageDigests",
            R"({"match": {"kinds": [{"apiGroups": [""]}]}})",
            deny + digest,
            ""},
        constraint_case{
            "NoKinds",
            "K8sImageDigests",
            R"({"match": {"kinds": []}})",
            deny + digest,
            ""},
        constraint_case{
            "NamespacesThatAreNone",
            "K8sImageDigests",
            R"({"match": {"namespaces": ["", "a?", "a*b", "*", "prod", "prod", "x*"]}})",
            deny + "  match:\n    namespaces:\n    - \"*\"\n    - prod\n    - \"x*\"\n" + digest,
            "warning spec.match.namespaces[0]: \"\" names no namespace; it is left out\n"
            "warning spec.match.namespaces[1]: \"a?\" names no namespace; it is left out\n"
            "warning spec.match.namespaces[2]: \"a*b\" names no namespace; it is left out\n"}
    ),
    testing_support::case_name()
);

TEST(FromGatekeeper, RefusesListsThatNoPolicyHolds) {
    std::string namespaces;
    for (int i = 0; i < 257; ++i) {
        namespaces += fmt::format("{}\"n{}\"", i == 0 ? "" : ",", i);
    }
    const converted made = convert(
        "K8sImageDigests", fmt::format(R"({{"match": {{"namespaces": [{}]}}}})", namespaces)
    );
    EXPECT_EQ(made.policy, "");
    EXPECT_EQ(
        made.notes, "error spec.match.namespaces: needs 257 entries; a policy has at most 256\n"
    );
}

TEST(FromGatekeeper, RefusesANameThatNoPolicyHas) {
    for (const std::string name : {"No", ""}) {
        const converted made = convert("K8sImageDigests", "{}", name);
        EXPECT_EQ(made.policy, "");
        EXPECT_EQ(made.notes.find("error metadata.name: "), 0U) << made.notes;
    }
}

TEST(FromGatekeeper, NamesTheFieldOfAnotherType) {
    EXPECT_EQ(
        convert("K8sAllowedRepos", R"({"parameters": {"repos": "reg.example/"}})").notes,
        "spec.parameters.repos: must be a list"
    );
    EXPECT_EQ(
        convert("K8sPSPAllowedUsers", R"({"parameters": {"fsGroup": {"ranges": [{"min": "1"}]}}})")
            .notes,
        "spec.parameters.fsGroup.ranges[0].min: must be a whole number"
    );
    EXPECT_EQ(
        convert("K8sImageDigests", R"({"scopedEnforcementActions": [{"action": 1}]})").notes,
        "spec.scopedEnforcementActions[0].action: must be a string"
    );
}

TEST(FromGatekeeper, KnowsFiveKinds) {
    EXPECT_TRUE(is_known_constraint("K8sAllowedReposv2"));
    EXPECT_FALSE(is_known_constraint("K8sPSPPrivilegedContainer"));
}

} // namespace
} // namespace gatehouse::policy
