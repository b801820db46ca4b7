// The real binary asks a registry: exit statuses, what goes to which stream, and how it ends when it is
// interrupted. What it says in each case is tested in tests/server.

#include "tests/integration/child_process.h"
#include "tests/integration/gatehouse_process.h"
#include "tests/support/eventually.h"
#include "tests/support/fixture_registry.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class VerifyProcess : public testing::Test {
  protected:
    [[nodiscard]] arguments command(const std::string& key, const fixture_registry& of) const {
        return {
            "verify",
            "--key",
            files.write(key + ".pub", fixture_key_pem(key)),
            "--config",
            files.write("config.yaml", of.configuration())};
    }
    finished_command verify(const std::string& key, const std::string& image) {
        arguments all = command(key, registry);
        all.push_back(fmt::format("{}/team/{}", registry.host(), image));
        return run_gatehouse(all);
    }

    temp_dir files;
    fixture_registry registry;
};

TEST_F(VerifyProcess, EndsAsCosignDoes) {
    const finished_command good = verify("p256", "cosign2-p256:1.0");
    EXPECT_EQ(good.code, 0);
    const json payloads = json::parse(good.out);
    ASSERT_EQ(payloads.size(), 1U);
    EXPECT_EQ(
        payloads[0].at("critical").at("image").at("docker-manifest-digest"),
        fixture_image("team/cosign2-p256").text()
    );
    EXPECT_THAT(good.err, StartsWith("\nVerification for "));
    EXPECT_EQ(verify("p256", "unsigned:1.0").code, 10);
    EXPECT_EQ(verify("p256", "unsigned:2.0").code, 11);
    EXPECT_EQ(verify("stranger", "cosign3-p256:1.0").code, 12);
    EXPECT_EQ(run_gatehouse({"verify", "--frobnicate", "app"}).code, 1);
}

TEST_F(VerifyProcess, PrintsNothingOnStdoutWhereItFails) {
    for (const std::string image : {"unsigned:1.0", "unsigned:2.0", "cosign2-rsa:1.0"}) {
        const finished_command got = verify("p256", image);
        EXPECT_EQ(got.out, "");
        EXPECT_THAT(got.err, StartsWith("gatehouse verify: no "));
    }
}

// There is nothing to clean up, so that the signal's own effect is right: a shell sees that its user
// interrupted, and ends its loop.
TEST_F(VerifyProcess, EndsByTheSignalThatInterruptsIt) {
    const fixture_registry silent([](const std::string&) {
        return fixture_registry::instead{true, std::nullopt};
    });
    arguments all = command("p256", silent);
    all.insert(all.begin(), gatehouse_binary());
    all.push_back(silent.host() + "/team/cosign2-p256:1.0");
    const temp_dir output;
    child_process child(all, {}, output);
    EXPECT_TRUE(eventually(seconds(10), [&] { return !silent.log().empty(); }));
    child.send_signal(SIGINT);
    EXPECT_EQ(child.wait(seconds(5)), 128 + SIGINT);
}

TEST_F(VerifyProcess, CheckResolvesAsTheServer) {
    const std::string policy = files.write(
        "policy.yaml",
        fmt::format(
            "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {{name: p}}\n"
            "spec: {{signatures: [{{name: e, images: [\"{}/**\"], tags: Allow, authorities: "
            "[{{name: "
            "kms, keys: [{{file: {}}}]}}]}}]}}\n",
            registry.host(),
            files.write("p256.pub", fixture_key_pem("p256"))
        )
    );
    const auto check = [&](const std::string& image) {
        return run_gatehouse(
            {"check",
             "--resolve",
             "--policy",
             policy,
             "--config",
             files.write("config.yaml", registry.configuration()),
             files.write(
                 "pod.yaml",
                 fmt::format(
                     "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\n"
                     "spec: {{containers: [{{name: app, image: \"{}/team/{}\"}}]}}\n",
                     registry.host(),
                     image
                 )
             )}
        );
    };
    EXPECT_EQ(check("cosign3-p256:1.0").code, 0);
    const finished_command denied = check("unsigned:1.0");
    EXPECT_EQ(denied.code, 1);
    EXPECT_THAT(denied.out, HasSubstr(" is not signed; sign "));
}

} // namespace
} // namespace gatehouse::testing_support
