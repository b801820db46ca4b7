// The flags of `gatehouse test-webhook`. What it asks is tested in server/trial, the whole in tests/integration.
#include "server/commands/test_webhook.h"

#include "tests/support/case_name.h"
#include "tests/support/run_command.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: every line below is made of these

struct wrong_flags {
    std::string name;
    std::vector<std::string> flags;
    std::string told; ///< behind "gatehouse test-webhook: "
};

class TestWebhookFlags : public testing::TestWithParam<wrong_flags> {};

TEST_P(TestWebhookFlags, AreRefused) {
    std::vector<std::string> arguments = GetParam().flags;
    arguments.insert(arguments.begin(), "test-webhook");
    const finished_command got = run_command(arguments);
    EXPECT_EQ(got.status, 2);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(got.errors, "gatehouse test-webhook: " + GetParam().told + "\n");
}

constexpr const char* no_duration = "--timeout: not a duration between 0s and 24h, such as 30s";

INSTANTIATE_TEST_SUITE_P(
    Commands,
    TestWebhookFlags,
    testing::Values(
        wrong_flags{
            "NoUrl",
            {"--url", "webhook"},
            R"(--url: "webhook" is not an https or http address)"},
        wrong_flags{"PlainHttp", {"--url", "http://a/"}, "--url: a webhook speaks https"},
        wrong_flags{"NoDuration", {"--url", "https://a/", "--timeout", "soon"}, no_duration},
        wrong_flags{"NoTime", {"--url", "https://a/", "--timeout", "0s"}, no_duration},
        wrong_flags{"TooLong", {"--url", "https://a/", "--timeout", "24h0m1s"}, no_duration},
        wrong_flags{
            "NoFile",
            {"--url", "https://a/", "--ca-file", "/no\nwhere"},
            "--ca-file: /no\\nwhere: No such file or directory"},
        wrong_flags{
            "EmptyFile",
            {"--url", "https://a/", "--ca-file", "/dev/null"},
            "--ca-file: /dev/null: no certificate in PEM found"},
        wrong_flags{
            "NoCertificate",
            {"--url", "https://a/", "--ca-file", "/etc/passwd"},
            "--ca-file: /etc/passwd: no certificate in PEM found"}
    ),
    case_name()
);

TEST(TestWebhookTimeout, MayBeADay) {
    // Nobody listens there, and the certificate file is looked at last.
    const finished_command got = run_command(
        {"test-webhook", "--url", "https://a/", "--timeout", "24h", "--ca-file", "/dev/null"}
    );
    EXPECT_EQ(
        got.errors, "gatehouse test-webhook: --ca-file: /dev/null: no certificate in PEM found\n"
    );
}

} // namespace
} // namespace gatehouse::server
