// `gatehouse test-webhook` against a real server: what helm test does in a cluster.

#include "tests/integration/gatehouse_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class TestWebhook : public testing::Test {
  protected:
    [[nodiscard]] arguments serving() const {
        return {
            "--tls-cert",
            files.write("tls.crt", leaf.certificate),
            "--tls-key",
            files.write("tls.key", leaf.key)};
    }
    [[nodiscard]] finished_command test(const gatehouse_process& server) const {
        return run_gatehouse(
            {"test-webhook",
             "--url",
             fmt::format("https://localhost:{}/validate", server.webhook_port()),
             "--ca-file",
             files.write("ca.crt", authority.certificate),
             "--timeout",
             "10s"}
        );
    }

    temp_dir files;
    const test_pair authority = make_authority("a");
    const test_pair leaf = make_leaf(authority, server::machine_clock().now());
};

TEST_F(TestWebhook, ShowsAVerdictOfTheBuiltInPolicy) {
    const gatehouse_process server(serving());
    const finished_command got = test(server);
    EXPECT_EQ(got.code, 0);
    EXPECT_EQ(got.err, "");
    EXPECT_THAT(
        got.out,
        StartsWith("allowed: the deletion of a pod\n"
                   "denied: a pod that cannot be read: ")
    );
    EXPECT_THAT(
        got.out,
        HasSubstr("\ndenied: a pod with the image nginx, by the policies in force: Pod "
                  "default/gatehouse-test breaks 5 rules:")
    );
}

TEST_F(TestWebhook, ShowsThatAnotherPolicyAllows) {
    arguments flags = serving();
    flags.push_back("--policy");
    flags.push_back(files.write("policy.yaml", R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata: {name: lenient}
spec:
  podSecurity: {level: privileged}
)"));
    const gatehouse_process server(flags);
    const finished_command got = test(server);
    EXPECT_EQ(got.code, 0);
    EXPECT_EQ(got.err, "");
    EXPECT_THAT(
        got.out, StartsWith("allowed: the deletion of a pod\ndenied: a pod that cannot be read: ")
    );
    EXPECT_THAT(
        got.out, EndsWith("\nallowed: a pod with the image nginx, by the policies in force\n")
    );
}

TEST_F(TestWebhook, TellsThatNobodyAnswers) {
    const finished_command got =
        run_gatehouse({"test-webhook", "--url", "https://127.0.0.1:1/validate", "--timeout", "1s"});
    EXPECT_EQ(got.code, 1);
    EXPECT_EQ(got.out, "");
    EXPECT_THAT(got.err, StartsWith("gatehouse test-webhook: https://127.0.0.1:1/validate: "));
}

} // namespace
} // namespace gatehouse::testing_support
