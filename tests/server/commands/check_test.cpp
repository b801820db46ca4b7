#include "server/commands/check.h"

#include "server/commands/root.h"
#include "tests/support/golden.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {
namespace {

using testing_support::expect_golden;
using testing_support::temp_dir;

constexpr std::string_view policy_text = R"(
apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata: {name: production}
spec:
  match: {excludeUsers: [ci], excludeGroups: [admins]}
  images: {allow: ["reg.example/**"]}
)";

constexpr std::string_view foreign_pod = R"(apiVersion: v1
kind: Pod
metadata: {name: web, namespace: prod}
spec: {containers: [{name: app, image: nginx:1}]}
)";

constexpr std::string_view good_pod = R"(apiVersion: v1
kind: Pod
metadata: {name: fine}
spec: {containers: [{name: app, image: reg.example/app:1}]}
)";

struct finished {
    int status = -1;
    std::string out;
    std::string errors;
};

class Check : public testing::Test {
  protected:
    Check() : before_(std::filesystem::current_path()) {
        files.write("policy.yaml", policy_text);
        std::filesystem::current_path(files.path()); // sources are named as they were given
    }
    ~Check() override { std::filesystem::current_path(before_); }

    /// `gatehouse check` with these arguments.
    static finished check(const std::vector<std::string>& arguments) {
        std::vector<const char*> all = {"gatehouse", "check"};
        for (const std::string& one : arguments) {
            all.push_back(one.c_str());
        }
        finished out;
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        out.status = run(static_cast<int>(all.size()), all.data());
        out.out = testing::internal::GetCapturedStdout();
        out.errors = testing::internal::GetCapturedStderr();
        return out;
    }

    temp_dir files;

  private:
    std::filesystem::path before_;
};

TEST_F(Check, PrintsResultsForPeople) {
    files.write(
        "web.yaml",
        std::string(good_pod) + "---\n" + std::string(foreign_pod)
            + "---\napiVersion: v1\nkind: Service\n"
    );
    const finished out = check({"--policy", "policy.yaml", "web.yaml"});
    EXPECT_EQ(out.status, 1);
    EXPECT_EQ(out.errors, "");
    expect_golden(out.out, "check/web.txt");
}

TEST_F(Check, PrintsResultsForPrograms) {
    files.write("web.yaml", foreign_pod);
    const finished out = check({"--policy", "policy.yaml", "-o", "json", "web.yaml"});
    EXPECT_EQ(out.status, 1);
    EXPECT_EQ(out.errors, "");
    expect_golden(out.out, "check/web.json");
}

TEST_F(Check, EndsWithZeroWhereNothingIsDenied) {
    files.write("web.yaml", good_pod);
    const finished out = check({"web.yaml", "--policy", "policy.yaml"});
    EXPECT_EQ(out.status, 0);
    EXPECT_EQ(out.out, "Pod default/fine (web.yaml, document 1): allowed\n\n1 judged, 0 denied\n");
}

TEST_F(Check, GoesOnBehindSourcesThatCannotBeRead) {
    files.write("bad.yaml", "kind: [\n---\n" + std::string(good_pod));
    files.write("web.yaml", foreign_pod);
    const finished out =
        check({"--policy", "policy.yaml", "gone.yaml", "bad.yaml", "web.yaml", "-o", "json"});
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(
        out.errors,
        "gone.yaml: No such file or directory\n"
        "bad.yaml:2:1: document 1: not valid YAML: expected `,` or `]` here\n"
    );
    expect_golden(out.out, "check/errors.json");
}

TEST_F(Check, ReadsDirectories) {
    files.write("all/b.yml", foreign_pod);
    files.write("all/a.json", R"({"apiVersion": "v1", "kind": "Secret"})");
    files.write("all/.hidden.yaml", "no");
    files.write("all/notes.txt", "no");
    files.write("all/below.yaml/c.yaml", "no");
    const finished out = check({"--policy", "policy.yaml", "all"});
    EXPECT_EQ(out.status, 1);
    EXPECT_NE(out.out.find("Pod prod/web (all/b.yml, document 1): denied\n"), std::string::npos);
    EXPECT_NE(
        out.out.find("\n1 judged, 1 denied, 1 skipped without a pod (Secret)\n"), std::string::npos
    );
}

TEST_F(Check, TellsOfADirectoryWithoutManifests) {
    std::filesystem::create_directory("empty");
    const finished out = check({"--policy", "policy.yaml", "empty"});
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.errors, "empty: the directory has no *.yaml, *.yml or *.json file\n");
    EXPECT_EQ(out.out, "0 judged, 0 denied, 1 error\n");
}

TEST_F(Check, TakesNothingAtAllForAnError) {
    files.write("nothing.yaml", "# the chart failed\n");
    files.write("list.yaml", "apiVersion: v1\nkind: List\nitems: []\n");
    files.write("all/a.yaml", good_pod);
    files.write("all/b.yaml", "");
    const finished out = check({"--policy", "policy.yaml", "nothing.yaml", "list.yaml", "all"});
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.errors, "nothing.yaml: there is nothing in it to judge\n");
    EXPECT_EQ(check({"--policy", "policy.yaml", "list.yaml", "all"}).status, 0);
}

TEST_F(Check, RefusesToReadAPipeInADirectory) {
    std::filesystem::create_directory("all");
    ASSERT_EQ(mkfifo("all/pipe.yaml", 0600), 0);
    const finished out = check({"--policy", "policy.yaml", "all"});
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.errors, "all/pipe.yaml: this is not a regular file\n");
}

TEST_F(Check, RefusesASourceThatIsTooLarge) {
    const std::string file = files.write("huge.yaml", "");
    std::filesystem::resize_file(file, 64 * 1024 * 1024 + 1);
    const finished out = check({"--policy", "policy.yaml", "huge.yaml"});
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.errors, "huge.yaml: the file is larger than 67108864 bytes\n");
}

TEST_F(Check, ReadsStandardInput) {
    const std::string file = files.write("in.yaml", foreign_pod);
    const int before = dup(STDIN_FILENO);
    ASSERT_NE(std::freopen(file.c_str(), "r", stdin), nullptr);
    const finished out = check({"--policy", "policy.yaml", "-"});
    dup2(before, STDIN_FILENO);
    close(before);
    EXPECT_EQ(out.status, 1);
    EXPECT_EQ(out.out.find("Pod prod/web (-, document 1): denied\n"), 0U);
}

TEST_F(Check, ReadsAPipeForTwoPasses) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(pipe(ends), 0);
    const auto size = static_cast<ssize_t>(foreign_pod.size());
    ASSERT_EQ(write(ends[1], foreign_pod.data(), foreign_pod.size()), size);
    close(ends[1]);
    const std::string path = "/dev/fd/" + std::to_string(ends[0]);
    const finished out = check({"--policy", "policy.yaml", "--resolve", path});
    close(ends[0]);
    EXPECT_EQ(out.status, 1);
    EXPECT_EQ(out.errors, "");
    EXPECT_NE(out.out.find("\n1 judged, 1 denied\n"), std::string::npos);
}

TEST_F(Check, KnowsWhoAndWhere) {
    files.write("web.yaml", foreign_pod);
    files.write("fine.yaml", good_pod);
    EXPECT_EQ(check({"--policy", "policy.yaml", "--user", "ci", "web.yaml"}).status, 0);
    EXPECT_EQ(
        check({"--policy", "policy.yaml", "--group", "devs", "--group", "admins", "web.yaml"})
            .status,
        0
    );
    EXPECT_EQ(check({"--policy", "policy.yaml", "--user", "eve", "web.yaml"}).status, 1);
    const finished out =
        check({"--policy", "policy.yaml", "--namespace", "stage", "fine.yaml", "web.yaml"});
    EXPECT_EQ(out.out.find("Pod stage/fine (fine.yaml, document 1): allowed\nPod prod/web"), 0U);
}

TEST_F(Check, GivesTheWebhooksAnswerOnlyWhenAsked) {
    files.write("web.yaml", R"(apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {containers: [{name: app, image: nginx:1}]}}}
)");
    EXPECT_EQ(check({"--policy", "policy.yaml", "web.yaml"}).status, 1);
    EXPECT_EQ(check({"--policy", "policy.yaml", "--as-admission", "web.yaml"}).status, 0);
}

TEST_F(Check, UsesTheBuiltInPolicyWithoutAnother) {
    files.write(
        "web.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: "
        "[{name: app, image: 'reg.example/app'}]}\n"
    );
    const finished out = check({"web.yaml"});
    EXPECT_EQ(out.status, 1);
    EXPECT_NE(out.out.find("[default/image-tag]\n"), std::string::npos);
    EXPECT_EQ(check({"--namespace", "kube-system", "web.yaml"}).status, 0);
}

TEST_F(Check, TakesSeveralPoliciesAndDirectoriesOfThem) {
    files.write("more/stage.yaml", R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata: {name: second}
spec: {images: {denyTags: ["1"]}}
)");
    files.write("web.yaml", foreign_pod);
    const finished out = check({"--policy", "policy.yaml", "--policy", "more", "web.yaml"});
    EXPECT_EQ(out.status, 1);
    EXPECT_NE(out.out.find("[production/image-registry]\n"), std::string::npos);
    EXPECT_NE(out.out.find("[second/image-tag]\n"), std::string::npos);
}

TEST_F(Check, PrintsEveryErrorOfThePolicies) {
    files.write(
        "policy.yaml",
        "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\n"
        "metadata: {name: p}\nspec: {imagess: {}, images: {allow: 1}}\n"
    );
    files.write("web.yaml", good_pod);
    const finished out = check({"--policy", "policy.yaml", "--policy", "gone", "web.yaml"});
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.out, "");
    EXPECT_EQ(out.errors.find("gone: No such file or directory\npolicy.yaml:4:"), 0U);
    EXPECT_NE(out.errors.find("spec.imagess"), std::string::npos);
    EXPECT_NE(out.errors.find("spec.images.allow"), std::string::npos);
}

TEST_F(Check, NeverFallsBackToTheBuiltInPolicy) {
    files.write("web.yaml", good_pod);
    const finished out = check({"--policy", "gone", "web.yaml"});
    EXPECT_EQ(out.status, 2);
    EXPECT_EQ(out.out, "");
    EXPECT_EQ(out.errors, "gone: No such file or directory\n");
}

TEST_F(Check, RefusesAnUnknownOutputAndNoSource) {
    EXPECT_EQ(check({"-o", "yaml", "web.yaml"}).status, 2);
    EXPECT_EQ(check({}).status, 2);
}

TEST_F(Check, ExplainsItself) {
    const finished out = check({"--help"});
    EXPECT_EQ(out.status, 0);
    for (const std::string_view flag :
         {"--policy",
          "--namespace",
          "--user",
          "--group",
          "--as-admission",
          "--resolve",
          "--config",
          "--strict",
          "-o"}) {
        EXPECT_NE(out.out.find(flag), std::string::npos) << flag;
    }
}

} // namespace
} // namespace gatehouse::server
