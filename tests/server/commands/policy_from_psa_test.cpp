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

constexpr std::string_view head = "# Does what the Pod Security labels of these namespaces did "
                                  "when this was made: a namespace that\n"
                                  "# is made or labelled later is in no list. `latest` is the "
                                  "newest version that Gatehouse knows,\n"
                                  "# not that of the cluster; defaults and exemptions of the API "
                                  "server's own configuration are not\n"
                                  "# in the labels and not in here.\n";

/// As `kubectl get namespaces -o yaml` prints them.
constexpr std::string_view cluster = R"(apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Namespace
  metadata:
    name: shop
    labels:
      kubernetes.io/metadata.name: shop
      pod-security.kubernetes.io/enforce: baseline
      pod-security.kubernetes.io/enforce-version: v1.29
      pod-security.kubernetes.io/warn: restricted
      pod-security.kubernetes.io/audit: restricted
- apiVersion: v1
  kind: Namespace
  metadata:
    name: kube-system
    labels: {pod-security.kubernetes.io/enforce: privileged}
- apiVersion: v1
  kind: Namespace
  metadata:
    name: bank
    labels: {pod-security.kubernetes.io/enforce: restricted}
)";

class PolicyFromPsa : public testing::Test {
  protected:
    PolicyFromPsa() : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(files.path()); // sources are named as they were given
    }
    ~PolicyFromPsa() override { std::filesystem::current_path(before_); }

    /// The spec that a namespace of these labels gives, below the head.
    finished_command converted(const std::string& text) {
        files.write("ns.yaml", text);
        return run_command({"policy", "from-psa", "ns.yaml"});
    }

    testing_support::temp_dir files;

  private:
    std::filesystem::path before_;
};

TEST_F(PolicyFromPsa, PrintsPoliciesThatValidate) {
    const finished_command out = converted(std::string(cluster));
    EXPECT_EQ(out.status, 0);
    EXPECT_EQ(out.errors, "");
    EXPECT_EQ(out.output, std::string(head) + R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: psa-baseline-v1.29-deny
spec:
  validationActions: [Deny]
  workloads: Ignore
  match:
    namespaces:
    - shop
  podSecurity:
    level: baseline
    version: v1.29
---
apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: psa-restricted-latest-warn-audit
spec:
  validationActions: [Warn, Audit]
  workloads: Warn
  match:
    namespaces:
    - shop
  podSecurity:
    level: restricted
    version: latest
---
apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: psa-restricted-latest-deny-warn
spec:
  validationActions: [Deny]
  workloads: Warn
  match:
    namespaces:
    - bank
  podSecurity:
    level: restricted
    version: latest
)");
    files.write("policy.yaml", out.output);
    const finished_command valid = run_command({"policy", "validate", "policy.yaml"});
    EXPECT_EQ(valid.output, "3 policies in 1 file: valid\n");
}

TEST_F(PolicyFromPsa, SaysTheSameAsCheckWithLabels) {
    files.write("ns.yaml", cluster);
    files.write("policy.yaml", run_command({"policy", "from-psa", "ns.yaml"}).output);
    files.write("pods.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec: {hostIPC: true, containers: [{name: app, image: "a:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: bank}
spec: {containers: [{name: app, image: "a:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: c, namespace: kube-system}
spec: {hostIPC: true, containers: [{name: app, image: "a:1"}]}
)");
    const finished_command out = run_command({"check", "--policy", "policy.yaml", "pods.yaml"});
    EXPECT_EQ(out.status, 1);
    EXPECT_NE(out.output.find("3 judged, 2 denied\n"), std::string::npos) << out.output;
    EXPECT_NE(out.output.find("[psa-baseline-v1.29-deny/hostNamespaces]\n"), std::string::npos)
        << out.output;
}

TEST_F(PolicyFromPsa, WarnsOfLabelsThatAreNotWhatTheySeem) {
    const finished_command out = converted(R"(apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: baselin
    pod-security.kubernetes.io/enforce-version: "1.29"
    pod-security.kubernetes.io/mode: restricted
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/audit: baseline}}
---
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
---
apiVersion: v1
kind: ConfigMap
)");
    EXPECT_EQ(out.status, 0);
    EXPECT_EQ(
        out.errors,
        "ns.yaml: document 1: warning: metadata.labels[pod-security.kubernetes.io/enforce]: "
        "\"baselin\" is no level (privileged, baseline, restricted); restricted holds\n"
        "ns.yaml: document 1: warning: "
        "metadata.labels[pod-security.kubernetes.io/enforce-version]: "
        "\"1.29\" is no version (latest, or v1.N as in v1.29); latest holds\n"
        "ns.yaml: document 1: warning: metadata.labels[pod-security.kubernetes.io/mode]: is no "
        "label "
        "of Pod Security Admission, which ignores it\n"
        "ns.yaml: document 2: warning: Namespace shop was read before; the labels here hold\n"
        "ns.yaml: document 3: warning: AdmissionConfiguration: defaults and exemptions are not "
        "carried over; write policies for the namespaces without labels, and "
        "match.excludeNamespaces, excludeUsers\n"
    );
    EXPECT_NE(out.output.find("  name: psa-baseline-latest-audit\n"), std::string::npos);
    EXPECT_EQ(out.output.find("Deny"), std::string::npos);
}

TEST_F(PolicyFromPsa, PrintsNothingWhereNothingIsAsked) {
    const finished_command out =
        converted("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n");
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.output, "");
    EXPECT_EQ(
        out.errors,
        "gatehouse: no Namespace in the files has a label that enforces, warns or audits a level\n"
    );
}

TEST_F(PolicyFromPsa, PrintsNothingWhereAnInputCannotBeRead) {
    files.write("bad.yaml", "kind: [\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: A}\n");
    files.write("ns.yaml", cluster);
    const finished_command out =
        run_command({"policy", "from-psa", "gone.yaml", "bad.yaml", "ns.yaml"});
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.output, "");
    EXPECT_EQ(
        out.errors,
        "gone.yaml: No such file or directory\n"
        "bad.yaml:2:1: document 1: not valid YAML: expected `,` or `]` here\n"
        "bad.yaml: document 2: metadata.name: \"A\" is no name of a namespace\n"
    );
}

} // namespace
} // namespace gatehouse::server
