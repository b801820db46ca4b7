// `gatehouse verify` where a registry cannot be asked: what could not be checked is never said to be unsigned.
#include "server/commands/verify.h"
#include "tests/support/verify_fixture.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: registries, keys and files that every line below is made of
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class VerifyFailures : public verify_fixture {};

TEST_F(VerifyFailures, EndsWith1WhereARegistryWithoutAnEntryIsPrivate) {
    const finished_command got = run_command(
        {"verify", "--key", files.write("k", fixture_key_pem("p256")), tagged("cosign2-p256")}
    );
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(
        got.errors,
        fmt::format(
            "gatehouse verify: image {} could not be verified: 127.0.0.1 is at a private address, "
            "which is asked only for registries listed in the ServerConfiguration (--config "
            "FILE)\n",
            tagged("cosign2-p256")
        )
    );
}

TEST_F(VerifyFailures, EndsWith1WhereTheRegistryCannotBeReached) {
    const std::string gone = [] {
        const fixture_registry briefly;
        return briefly.host();
    }();
    const finished_command got = verify(
        "p256",
        {gone + "/team/app:1.0"},
        fmt::format(
            "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n"
            "registries: [{{host: \"{}\", plainHTTP: true}}]\n",
            gone
        )
    );
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(
        got.errors,
        fmt::format(
            "gatehouse verify: image {0}/team/app:1.0 could not be verified: no connection to "
            "127.0.0.1 ({0}): Connection refused; check that the registry is up and can be "
            "reached\n",
            gone
        )
    );
}

TEST_F(VerifyFailures, EndsWith1WhereCredentialsAreMissing) {
    const fixture_registry closed([](const std::string&) {
        return fixture_registry::instead{
            true,
            http_answer("401 Unauthorized", "", "WWW-Authenticate: Basic realm=\"registry\"\r\n")};
    });
    const std::string image = closed.host() + "/team/cosign2-p256:1.0";
    const finished_command got = verify("p256", {image}, closed.configuration());
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(
        got.errors,
        fmt::format(
            "gatehouse verify: image {0} could not be verified: {1} answered 401 for "
            "team/cosign2-p256:1.0; no docker config file has credentials for it; add some for {1} "
            "to "
            "dockerConfigFiles (--config FILE)\n",
            image,
            closed.host()
        )
    );
}

TEST_F(VerifyFailures, NeverTellsItsCredentials) {
    const std::string secret = "aHVzaDpodXNoLWh1c2g="; // hush:hush-hush
    const std::string docker_config = files.path() / "config.json";
    for (const bool is_refused : {false, true}) {
        const fixture_registry guarded([&](const std::string&) {
            return fixture_registry::instead{
                is_refused,
                http_answer("401 Unauthorized", "", "WWW-Authenticate: Basic realm=\"x\"\r\n")};
        });
        files.write(
            "config.json",
            fmt::format(R"({{"auths":{{"{}":{{"auth":"{}"}}}}}})", guarded.host(), secret)
        );
        const finished_command got = verify(
            "p256",
            {guarded.host() + "/team/cosign2-p256:1.0"},
            guarded.configuration(", dockerConfigFiles: [" + docker_config + "]")
        );
        EXPECT_EQ(got.status, is_refused ? 1 : 0) << got.errors;
        EXPECT_EQ(got.errors.find(docker_config) != std::string::npos, is_refused);
        for (const std::string& told : {got.output, got.errors}) {
            EXPECT_THAT(told, Not(HasSubstr("hush")));
            EXPECT_THAT(told, Not(HasSubstr(secret)));
        }
    }
}

TEST_F(VerifyFailures, EndsWith1WhereOnlyTheSignaturesCannotBeHad) {
    const fixture_registry broken([](const std::string& line) {
        const bool is_signature = line.ends_with(".sig");
        return fixture_registry::instead{is_signature, http_answer("503 Service Unavailable", "")};
    });
    const std::string image = broken.host() + "/team/cosign2-p256:1.0";
    const finished_command got = verify("p256", {image}, broken.configuration());
    EXPECT_EQ(got.status, 1);
    EXPECT_THAT(
        got.errors,
        StartsWith("gatehouse verify: image " + image + " could not be verified: " + broken.host())
    );
    EXPECT_THAT(got.errors, HasSubstr(" answered 503 for "));
    EXPECT_THAT(got.errors, testing::EndsWith("; try again\n"));
}

TEST_F(VerifyFailures, GivesUpWhenItsTimeIsOver) {
    const fixture_registry silent([](const std::string&) {
        return fixture_registry::instead{true, std::nullopt};
    });
    const std::string image = silent.host() + "/team/cosign2-p256:1.0";
    const finished_command got =
        verify("p256", {"--timeout", "200ms", image}, silent.configuration());
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(got.output, "");
    EXPECT_THAT(
        got.errors,
        testing::MatchesRegex("gatehouse verify: image .*/team/cosign2-p256:1\\.0 could not be "
                              "verified: the registry "
                              "did not answer within 0\\.[0-9] s; trying again soon may succeed\n")
    );
}

TEST_F(VerifyFailures, OfWhomAnImageRunsAsChangeNothingOfItsSignature) {
    const std::string asked = "GET /v2/team/cosign2-p256/manifests/" + digest_of("cosign2-p256");
    const fixture_registry broken([&](const std::string& line) {
        return fixture_registry::instead{line == asked, http_answer("503 Service Unavailable", "")};
    });
    const finished_command got =
        verify("p256", {broken.host() + "/team/cosign2-p256:1.0"}, broken.configuration());
    EXPECT_EQ(got.status, 0) << got.errors;
    EXPECT_THAT(got.errors, HasSubstr("It runs as: a user that could not be resolved: "));
}

} // namespace
} // namespace gatehouse::server
