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

constexpr std::string_view head =
    "# Does what these Gatekeeper constraints did, and more: updates and images of volumes are "
    "judged\n"
    "# too, and images are compared by their full name, nginx as docker.io/library/nginx. What\n"
    "# Gatekeeper exempts by its own configuration is not in here.\n";

std::string constraint(const std::string& kind, const std::string& name, const std::string& spec) {
    return "---\napiVersion: constraints.gatekeeper.sh/v1beta1\nkind: " + kind
           + "\nmetadata: {name: " + name + "}\nspec: {" + spec + "}\n";
}

class PolicyFromGatekeeper : public testing::Test {
  protected:
    PolicyFromGatekeeper() : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(files.path()); // sources are named as they were given
    }
    ~PolicyFromGatekeeper() override { std::filesystem::current_path(before_); }

    finished_command converted(const std::string& text) {
        files.write("c.yaml", text);
        return run_command({"policy", "from-gatekeeper", "c.yaml"});
    }

    testing_support::temp_dir files;

  private:
    std::filesystem::path before_;
};

TEST_F(PolicyFromGatekeeper, PrintsAPolicyForEachConstraint) {
    const finished_command out = converted(
        "apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\n"
        + constraint("K8sAllowedRepos", "repos", R"(parameters: {repos: ["reg.example/core"]})")
        + constraint("K8sImageDigests", "repos", "match: {namespaces: [prod]}")
        + constraint("K8sPSPHostFilesystem", "host", "match: {}")
        + constraint("K8sRequiredLabels", "owner", "parameters: {}")
    );
    EXPECT_EQ(out.status, 0);
    EXPECT_EQ(
        out.errors,
        "c.yaml: document 2: warning: spec.parameters.repos[0]: \"reg.example/core\" has no / at "
        "its "
        "end and stands for reg.example/core-x too; kept so, write reg.example/core/** or "
        "reg.example/core to end it\n"
        "c.yaml: document 4: warning: no policy is made of constraints of kind "
        "K8sPSPHostFilesystem; "
        "see whether podSecurity says what it did\n"
        "c.yaml: document 5: warning: no policy is made of constraints of kind K8sRequiredLabels\n"
    );
    EXPECT_EQ(out.output, std::string(head) + R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: repos
spec:
  validationActions: [Deny]
  workloads: Ignore
  images:
    allow:
    - "reg.example/core*"
    - "reg.example/core*/**"
---
apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: repos-k8simagedigests
spec:
  validationActions: [Deny]
  workloads: Ignore
  match:
    namespaces:
    - prod
  images:
    requireDigest: true
)");
    files.write("policy.yaml", out.output);
    EXPECT_EQ(
        run_command({"policy", "validate", "policy.yaml"}).output, "2 policies in 1 file: valid\n"
    );
}

TEST_F(PolicyFromGatekeeper, PrintsNothingWhereAConstraintCannotBeCarriedOver) {
    const finished_command out = converted(
        constraint("K8sImageDigests", "good", "match: {}")
        + constraint("K8sAllowedRepos", "none", "match: {}")
        + constraint("K8sAllowedRepos", "typed", "parameters: {repos: 1}")
        + constraint("K8sImageDigests", "good", "match: {}")
        + constraint("K8sImageDigests", "good", "match: {}")
    );
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.output, "");
    EXPECT_EQ(
        out.errors,
        "c.yaml: document 2: spec.parameters.repos: leaves no image that is allowed; images: "
        "{deny: "
        "[\"**\"]} says that\n"
        "c.yaml: document 3: spec.parameters.repos: must be a list\n"
        "c.yaml: document 5: metadata.name: good-k8simagedigests was read before\n"
    );
}

TEST_F(PolicyFromGatekeeper, SaysThatThereIsNothing) {
    const finished_command out = converted("apiVersion: v1\nkind: ConfigMap\n");
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.output, "");
    EXPECT_EQ(out.errors, "gatehouse: no constraint in the files can be made a policy\n");
}

} // namespace
} // namespace gatehouse::server
