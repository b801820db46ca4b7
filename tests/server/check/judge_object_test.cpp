#include "server/check/judge_object.h"

#include "policy/image/pattern.h"
#include "policy/pod/workload.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::server {
namespace {

using policy::action;
using policy::rule_id;

constexpr std::chrono::sys_seconds noon =
    std::chrono::sys_days(std::chrono::year{2026} / 5 / 1) + std::chrono::hours(12);

policy::image_patterns patterns(std::string_view text) {
    return policy::image_patterns({policy::image_pattern::parse(text).value()});
}

/// Denies images from elsewhere than reg.example, pods by others than fsGroup 1, in prod only.
policy::policy_document production() {
    policy::policy_document out;
    out.name = "production";
    out.match.namespaces = {"prod"};
    out.match.exclude_users = {"ci"};
    out.match.exclude_groups = {"admins"};
    out.images.emplace();
    out.images->allow = patterns("reg.example/**");
    return out;
}

class ObjectJudge : public testing::Test {
  protected:
    judged_object judge(std::string_view manifest_text) {
        const policy::policy_set policies({document});
        object_judge judge(policies, settings, noon);
        const manifest found = read_manifest(manifest_text);
        EXPECT_EQ(found.errors.size(), 0U);
        EXPECT_EQ(found.objects.size(), 1U);
        return judge.judge("web.yaml", found.objects.front());
    }

    checked_object verdict(std::string_view manifest_text) {
        judged_object out = judge(manifest_text);
        EXPECT_TRUE(std::holds_alternative<checked_object>(out));
        return std::get<checked_object>(std::move(out));
    }

    std::string problem(std::string_view manifest_text) {
        const judged_object out = judge(manifest_text);
        EXPECT_TRUE(std::holds_alternative<check_error>(out));
        return std::get<check_error>(out).message;
    }

    policy::policy_document document = production();
    check_settings settings;
};

constexpr std::string_view foreign_pod = R"(
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: prod}
spec: {containers: [{name: app, image: nginx}]}
)";

constexpr std::string_view foreign_deployment = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: prod}
spec: {template: {spec: {containers: [{name: app, image: nginx}]}}}
)";

TEST_F(ObjectJudge, TellsEverythingAboutAViolation) {
    const checked_object out = verdict(foreign_pod);
    EXPECT_EQ(out.source, "web.yaml");
    EXPECT_EQ(out.place, manifest_place{});
    EXPECT_EQ(out.kind, "Pod");
    EXPECT_EQ(out.namespace_name, "prod");
    EXPECT_EQ(out.name, "web");
    EXPECT_FALSE(out.allowed);
    EXPECT_EQ(out.note, "");
    ASSERT_EQ(out.violations.size(), 1U);
    const checked_violation& only = out.violations.front();
    EXPECT_EQ(only.policies, std::vector<std::string>{"production"});
    EXPECT_EQ(only.rule, rule_id::image_registry);
    EXPECT_EQ(only.action, action::deny);
    EXPECT_EQ(only.container, "app");
    EXPECT_EQ(only.field, "spec.containers[0].image");
    EXPECT_EQ(only.message.find("container \"app\" image docker.io/library/nginx"), 0U);
    EXPECT_EQ(only.suffix, " [production/image-registry]");
    EXPECT_TRUE(out.warnings.empty());
    EXPECT_TRUE(out.not_checked.empty());
}

TEST_F(ObjectJudge, JudgesAWorkloadAsThePodsItMakes) {
    const checked_object out = verdict(foreign_deployment);
    EXPECT_FALSE(out.allowed);
    ASSERT_EQ(out.violations.size(), 1U);
    EXPECT_EQ(out.violations.front().action, action::deny);
    EXPECT_EQ(out.violations.front().field, "spec.template.spec.containers[0].image");
}

TEST_F(ObjectJudge, GivesTheWebhooksAnswerToAWorkloadWhenAsked) {
    settings.as_admission = true;
    const checked_object out = verdict(foreign_deployment);
    EXPECT_TRUE(out.allowed);
    ASSERT_EQ(out.violations.size(), 1U);
    EXPECT_EQ(out.violations.front().action, action::warn);
    ASSERT_EQ(out.warnings.size(), 1U);
    EXPECT_EQ(out.warnings.front().find("Deployment prod/web: container \"app\" image"), 0U);
    EXPECT_TRUE(out.further_warnings.empty());
}

TEST_F(ObjectJudge, StillDeniesAPodAsAdmission) {
    settings.as_admission = true;
    EXPECT_FALSE(verdict(foreign_pod).allowed);
}

TEST_F(ObjectJudge, KnowsEveryKindWithAPod) {
    for (const policy::workload_kind& kind : policy::workload_kinds()) {
        std::string open;
        std::string close;
        for (const std::string_view key : kind.keys) {
            if (!key.empty()) {
                open.append("\"").append(key).append("\": {");
                close += "}";
            }
        }
        const std::string text = std::string(R"({"apiVersion": ")")
                                     .append(kind.group)
                                     .append(kind.group.empty() ? "v1" : "/v1")
                                     .append(R"(", "kind": ")")
                                     .append(kind.kind)
                                     .append(R"(", "metadata": {"namespace": "prod"}, )")
                                     .append(open)
                                     .append(R"("spec": {"containers": [{"image": "nginx"}]})")
                                     .append(close)
                                     .append("}");
        const checked_object out = verdict(text);
        ASSERT_EQ(out.violations.size(), 1U) << kind.kind;
        EXPECT_EQ(
            out.violations.front().field, std::string(kind.path) + "spec.containers[0].image"
        );
    }
}

TEST_F(ObjectJudge, UsesTheGivenNamespaceWhereTheObjectNamesNone) {
    const std::string_view pod =
        "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: ''}, "
        "spec: {containers: [{image: nginx}]}}";
    const checked_object elsewhere = verdict(pod);
    EXPECT_EQ(elsewhere.namespace_name, "default");
    EXPECT_TRUE(elsewhere.allowed);
    EXPECT_EQ(elsewhere.note, "no policy matches");
    settings.namespace_name = "prod";
    EXPECT_FALSE(verdict(pod).allowed);
}

TEST_F(ObjectJudge, PrefersTheObjectsOwnNamespace) {
    settings.namespace_name = "test";
    EXPECT_EQ(verdict(foreign_pod).namespace_name, "prod");
}

TEST_F(ObjectJudge, KnowsWhoCreatesTheObject) {
    settings.user = "ci";
    EXPECT_EQ(verdict(foreign_pod).note, "no policy matches");
    settings.user = "alice";
    EXPECT_FALSE(verdict(foreign_pod).allowed);
    settings.groups = {"devs", "admins"};
    EXPECT_EQ(verdict(foreign_pod).note, "no policy matches");
}

TEST_F(ObjectJudge, PassesAnyUserNameUnharmed) {
    settings.user = "a\"},\"object\":null,\"b\":{\"c\":\"\\";
    EXPECT_FALSE(verdict(foreign_pod).allowed);
    document.match.exclude_users = {settings.user};
    EXPECT_EQ(verdict(foreign_pod).note, "no policy matches");
}

TEST_F(ObjectJudge, KnowsTheOldNameOfServiceAccounts) {
    document.match.service_accounts = {"prod/robot"};
    EXPECT_EQ(verdict(foreign_pod).note, "no policy matches");
    EXPECT_FALSE(verdict("{apiVersion: v1, kind: Pod, metadata: {namespace: prod}, "
                         "spec: {serviceAccount: robot, containers: [{image: nginx}]}}")
                     .allowed);
}

TEST_F(ObjectJudge, NamesAnObjectByItsGenerateName) {
    EXPECT_EQ(
        verdict("{apiVersion: v1, kind: Pod, metadata: {generateName: web-}, "
                "spec: {containers: [{image: nginx}]}}")
            .name,
        "web-"
    );
}

TEST_F(ObjectJudge, NamesAContainerOnlyForFindingsAboutOne) {
    document.run_as.emplace();
    document.run_as->fs_group = policy::id_strategy{policy::id_rule::must_run_as, {{1, 1}}};
    const checked_object out = verdict(
        "{apiVersion: v1, kind: Pod, metadata: {namespace: prod}, spec: {"
        "containers: [{name: app, image: reg.example/a}], initContainers: [{name: i, image: x}], "
        "volumes: [{name: v, image: {reference: z}}]}}"
    );
    ASSERT_EQ(out.violations.size(), 3U);
    EXPECT_EQ(out.violations[0].container, "i");
    EXPECT_EQ(out.violations[1].container, "");
    EXPECT_EQ(out.violations[1].field, "spec.volumes[0].image.reference");
    EXPECT_EQ(out.violations[2].container, "");
    EXPECT_EQ(out.violations[2].rule, rule_id::fs_group);
}

TEST_F(ObjectJudge, NamesWhatOnlyARegistryCouldTell) {
    policy::signature_entry& entry = document.signatures.emplace_back();
    entry.name = "release";
    entry.images = patterns("reg.example/**");
    entry.tags = policy::tag_mode::allow;
    entry.authorities.emplace_back().name = "kms";
    const auto pod = [](std::string_view image) {
        return fmt::format(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: prod}}\n"
            "spec: {{containers: [{{name: app, image: '{}'}}]}}\n",
            image
        );
    };
    const checked_object open = verdict(pod("reg.example/app:1"));
    EXPECT_TRUE(open.allowed);
    EXPECT_TRUE(open.violations.empty());
    EXPECT_EQ(open.not_checked, std::vector<std::string>{"image-signature"});
    EXPECT_EQ(status_of({{open}, {}, {}}, true), 2);
    EXPECT_EQ(status_of({{open}, {}, {}}, false), 0);

    const checked_object denied_anyway = verdict(pod("other.example/app:1"));
    EXPECT_FALSE(denied_anyway.allowed);
    EXPECT_TRUE(denied_anyway.not_checked.empty());
}

TEST_F(ObjectJudge, SkipsKindsWithoutAPod) {
    for (const std::string_view text :
         {"{apiVersion: v1, kind: Service}",
          "{apiVersion: acme.example/v1, kind: Deployment}",
          "{apiVersion: acme.example/v1, kind: Pod}"}) {
        EXPECT_TRUE(std::holds_alternative<skipped_object>(judge(text))) << text;
    }
}

TEST_F(ObjectJudge, TellsWhatCannotBeReadFromTheObjectsRoot) {
    EXPECT_EQ(
        problem("{apiVersion: v1, kind: Pod, spec: {containers: [{name: a, image: 1}]}}"),
        "spec.containers[0].image: must be a string"
    );
    EXPECT_EQ(
        problem("{apiVersion: apps/v1, kind: Deployment, spec: {}}"),
        "spec.template: must be an object"
    );
    EXPECT_EQ(
        problem("{apiVersion: v1, kind: Pod, metadata: {namespace: 1}}"),
        "metadata.namespace: must be a string"
    );
    EXPECT_EQ(
        problem(R"({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"image": "a",
            "image": "b"}]}})"),
        "spec.containers[0].image: stands twice in its object"
    );
}

std::string review(std::string_view operation, std::string_view object) {
    return std::string(R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {"uid": "1", "operation": ")")
        .append(operation)
        .append(
            R"(", "namespace": "prod", "name": "web", "kind": {"group": "apps", "kind": "Deployment"},
        "resource": {"group": "apps", "resource": "deployments"}, "object": )"
        )
        .append(object)
        .append("}}");
}

TEST_F(ObjectJudge, GivesAReviewTheWebhooksAnswer) {
    const checked_object out = verdict(review(
        "CREATE", R"({"spec": {"template": {"spec": {"containers": [{"image": "nginx"}]}}}})"
    ));
    EXPECT_EQ(out.kind, "Deployment");
    EXPECT_EQ(out.name, "web");
    EXPECT_TRUE(out.allowed);
    ASSERT_EQ(out.violations.size(), 1U);
    EXPECT_EQ(out.violations.front().action, action::warn);
    EXPECT_EQ(out.violations.front().field, "spec.template.spec.containers[0].image");
}

TEST_F(ObjectJudge, LetsAReviewThroughAsTheWebhookDoes) {
    const checked_object out = verdict(review("DELETE", "null"));
    EXPECT_TRUE(out.allowed);
    EXPECT_EQ(out.note, "not judged");
    EXPECT_TRUE(out.violations.empty());
}

TEST_F(ObjectJudge, MakesAnErrorOfAReviewThatCannotBeRead) {
    EXPECT_EQ(problem(review("CREATE", "null")), "object: must be an object");
    EXPECT_EQ(
        problem(R"({"apiVersion": "admission.k8s.io/v2", "kind": "AdmissionReview"})"),
        "it must be an AdmissionReview of admission.k8s.io/v1 or v1beta1"
    );
}

} // namespace
} // namespace gatehouse::server
