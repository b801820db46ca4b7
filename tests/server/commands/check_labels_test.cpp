// `gatehouse check --namespace-labels`.

#include "tests/support/run_command.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace gatehouse::server {
namespace {

using testing_support::finished_command;
using testing_support::run_command;

/// Judges nothing of what is below, so that only the labels speak.
constexpr std::string_view silent_policy = R"(
apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata: {name: silent}
spec:
  match: {namespaces: [nowhere]}
  images: {requireDigest: true}
)";

std::string space(const std::string& labels) {
    return "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: {" + labels + "}\n";
}

constexpr std::string_view root_pod = R"(---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {hostPID: true, containers: [{name: app, image: a:1, securityContext: {runAsUser: 0}}]}
)";

constexpr std::string_view host_pid_deployment = R"(---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec: {template: {spec: {hostPID: true, containers: [{name: app, image: a:1}]}}}
)";

class CheckLabels : public testing::Test {
  protected:
    CheckLabels() : before_(std::filesystem::current_path()) {
        files.write("policy.yaml", silent_policy);
        std::filesystem::current_path(files.path()); // sources are named as they were given
    }
    ~CheckLabels() override { std::filesystem::current_path(before_); }

    testing_support::temp_dir files;

  private:
    std::filesystem::path before_;
};

TEST_F(CheckLabels, AreAppliedWhereverTheNamespaceStands) {
    files.write(
        "all.yaml",
        std::string(root_pod) + "---\n"
            + space(
                "pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/audit: "
                "restricted, pod-security.kubernetes.io/audit-version: v1.0"
            )
    );
    const finished_command out =
        run_command({"check", "--policy", "policy.yaml", "--namespace-labels", "all.yaml"});
    EXPECT_EQ(out.status, 1);
    EXPECT_EQ(out.errors, "");
    EXPECT_EQ(out.output, R"(Pod shop/web (all.yaml, document 1): denied
  Deny   spec.hostPID
         pod must not set hostPID: true; remove it or set it to false [pod-security.kubernetes.io/hostNamespaces]
  Audit  spec.hostPID
         pod must not set hostPID: true; remove it or set it to false [pod-security.kubernetes.io/hostNamespaces]
  Audit  spec.containers[0].securityContext.runAsNonRoot
         container "app" must set securityContext.runAsNonRoot: true, here or in the pod [pod-security.kubernetes.io/runAsNonRoot]

1 judged, 1 denied, 1 skipped without a pod (Namespace)
)");
}

TEST_F(CheckLabels, AreNotLookedAtUnlessAskedFor) {
    files.write(
        "all.yaml", space("pod-security.kubernetes.io/enforce: baseline") + std::string(root_pod)
    );
    const finished_command out = run_command({"check", "--policy", "policy.yaml", "all.yaml"});
    EXPECT_EQ(out.status, 0);
    EXPECT_EQ(
        out.output,
        "Pod shop/web (all.yaml, document 2): allowed, no policy matches\n\n"
        "1 judged, 0 denied, 1 skipped without a pod (Namespace)\n"
    );
}

TEST_F(CheckLabels, JudgeAWorkloadAsItsPodsOrAsTheAdmissionPluginDoes) {
    files.write("ns.yaml", space("pod-security.kubernetes.io/enforce: baseline"));
    files.write("api.yaml", host_pid_deployment);
    const auto with = [](const std::string& flag) {
        return run_command(
            {"check", "--policy", "policy.yaml", "--namespace-labels", "api.yaml", "ns.yaml", flag}
        );
    };
    EXPECT_EQ(with("--strict").status, 1);
    const finished_command out = with("--as-admission");
    EXPECT_EQ(out.status, 0);
    EXPECT_NE(out.output.find("  Warn   spec.template.spec.hostPID\n"), std::string::npos);
}

TEST_F(CheckLabels, OfAnotherNamespaceDoNotCount) {
    files.write("ns.yaml", space("pod-security.kubernetes.io/enforce: restricted"));
    files.write(
        "web.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop-2}\n"
        "spec: {containers: [{name: app, image: a}]}\n"
    );
    const finished_command out = run_command(
        {"check", "--policy", "policy.yaml", "--namespace-labels", "ns.yaml", "web.yaml"}
    );
    EXPECT_EQ(out.status, 0);
    EXPECT_NE(out.output.find("allowed, no policy matches\n"), std::string::npos);
}

TEST_F(CheckLabels, ThatTheApiServerWouldRefuseAreErrorsAndClose) {
    files.write(
        "ns.yaml", space("pod-security.kubernetes.io/enforce: restrcted") + std::string(root_pod)
    );
    const finished_command out =
        run_command({"check", "--policy", "policy.yaml", "--namespace-labels", "ns.yaml"});
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(
        out.errors,
        "ns.yaml: document 1: metadata.labels[pod-security.kubernetes.io/enforce]: \"restrcted\" "
        "is "
        "no level (privileged, baseline, restricted); restricted holds\n"
    );
    EXPECT_NE(out.output.find("[pod-security.kubernetes.io/runAsNonRoot]"), std::string::npos);
}

TEST_F(CheckLabels, OfTheLaterOfTwoNamespacesHold) {
    files.write(
        "all.yaml",
        space("pod-security.kubernetes.io/enforce: restricted") + "---\n"
            + space("pod-security.kubernetes.io/enforce: privileged") + std::string(root_pod)
    );
    EXPECT_EQ(
        run_command({"check", "--policy", "policy.yaml", "--namespace-labels", "all.yaml"}).status,
        0
    );
}

TEST_F(CheckLabels, SaysThatThereIsNoNamespace) {
    files.write("web.yaml", root_pod);
    const finished_command out =
        run_command({"check", "--policy", "policy.yaml", "--namespace-labels", "web.yaml"});
    EXPECT_EQ(out.status, 0);
    EXPECT_EQ(out.errors, "gatehouse: --namespace-labels: no Namespace is among the inputs\n");
}

TEST_F(CheckLabels, OfANamespaceThatCannotBeReadAreAnError) {
    files.write("ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: Shop}\n");
    files.write(
        "typed.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {b: 1}}\n"
    );
    const finished_command out = run_command(
        {"check", "--policy", "policy.yaml", "--namespace-labels", "ns.yaml", "typed.yaml"}
    );
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(
        out.errors,
        "ns.yaml: document 1: metadata.name: \"Shop\" is no name of a namespace\n"
        "typed.yaml: document 1: metadata.labels.b: must be a string\n"
    );
}

} // namespace
} // namespace gatehouse::server
