// `gatehouse verify --key` against a registry on a socket that holds images signed by cosign 2.6 and 3.1.
#include "server/commands/verify.h"

#include "tests/support/fixture_registry.h"
#include "tests/support/run_command.h"
#include "tests/support/signature_fixtures.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: registries, keys and files that every line below is made of
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Verify : public testing::Test {
  protected:
    /// `gatehouse verify --key KEY --config CONFIG ARGUMENTS`.
    finished_command verify(
        const std::string& key,
        std::vector<std::string> arguments,
        const std::string& configuration
    ) {
        const std::string key_file = files.write(key + ".pub", fixture_key_pem(key));
        const std::string config = files.write("config.yaml", configuration);
        arguments.insert(arguments.begin(), {"verify", "--key", key_file, "--config", config});
        return run_command(arguments);
    }
    finished_command verify(const std::string& key, const std::vector<std::string>& arguments) {
        return verify(key, arguments, registry.configuration());
    }
    /// "127.0.0.1:5000/team/NAME:1.0".
    [[nodiscard]] std::string tagged(const std::string& name) const {
        return fmt::format("{}/team/{}:1.0", registry.host(), name);
    }
    [[nodiscard]] static std::string digest_of(const std::string& name) {
        return fixture_image("team/" + name).text();
    }

    temp_dir files;
    fixture_registry registry;
};

std::string payload(const std::string& name, const std::string& digest, const std::string& type) {
    return fmt::format(
        R"({{"critical":{{"identity":{{"docker-reference":"{}"}},"image":{{"docker-manifest-digest":"{}"}},"type":"{}"}},"optional":null}})",
        name,
        digest,
        type
    );
}

TEST_F(Verify, PrintsWhatCosignPrintsOfASimpleSigning) {
    const finished_command got = verify("p256", {tagged("cosign2-p256")});
    EXPECT_EQ(got.status, 0);
    EXPECT_EQ(
        got.output,
        fmt::format(
            "\n[{}]\n",
            payload(
                "registry.example/team/cosign2-p256",
                digest_of("cosign2-p256"),
                "cosign container image signature"
            )
        )
    );
    EXPECT_EQ(
        got.errors,
        fmt::format(
            "\nVerification for {} --\n"
            "Each signature below has passed these checks:\n"
            "  - it was made with the key in {}\n"
            "  - it is of this image, {}\n"
            "No transparency log was looked at.\n"
            "It runs as (linux/amd64): uid 65532 from the image's USER \"65532\"; gid 0 as the pod "
            "names no group and the image has no /etc/passwd; groups 0\n",
            tagged("cosign2-p256"),
            files / "p256.pub",
            digest_of("cosign2-p256")
        )
    );
}

TEST_F(Verify, PrintsABundleInTheSameShape) {
    const finished_command got = verify("p256", {tagged("cosign3-p256"), "-o", "text"});
    EXPECT_EQ(got.status, 0);
    EXPECT_EQ(
        got.output,
        payload(
            tagged("cosign3-p256"), digest_of("cosign3-p256"), "https://sigstore.dev/cosign/sign/v1"
        ) + "\n"
    );
}

TEST_F(Verify, AcceptsWhatEachKindOfKeySigned) {
    for (const auto& [name, one] : fixture_repositories()) {
        if (one.signed_by.empty()) {
            continue;
        }
        const finished_command got = verify(one.signed_by, {fixture_reference(registry, name)});
        EXPECT_EQ(got.status, 0) << name << ": " << got.errors;
    }
}

TEST_F(Verify, RefusesWhatAnotherKeySigned) {
    for (const auto& [name, one] : fixture_repositories()) {
        if (one.signed_by.empty()) {
            continue;
        }
        const finished_command got = verify("stranger", {fixture_reference(registry, name)});
        EXPECT_EQ(got.status, 12) << name << ": " << got.errors;
        EXPECT_EQ(got.output, "");
    }
}

TEST_F(Verify, EndsWith12WhereNoSignatureIsByTheKey) {
    const finished_command got = verify("stranger", {tagged("cosign2-p256")});
    EXPECT_EQ(got.status, 12);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(
        got.errors,
        fmt::format(
            "gatehouse verify: no matching signatures: image {} is signed, but not by "
            "stranger.pub: 1 "
            "signature by other keys; sign {} with a key of stranger.pub\n",
            tagged("cosign2-p256"),
            digest_of("cosign2-p256")
        )
    );
}

TEST_F(Verify, EndsWith10WhereNothingIsSigned) {
    const finished_command got = verify("p256", {tagged("unsigned")});
    EXPECT_EQ(got.status, 10);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(
        got.errors,
        fmt::format(
            "gatehouse verify: no signatures found: image {} is not signed; sign {} with a key of "
            "p256.pub\n",
            tagged("unsigned"),
            digest_of("unsigned")
        )
    );
}

TEST_F(Verify, ReadsNothingOfAnImageThatIsNotVerified) {
    ASSERT_EQ(verify("p256", {tagged("unsigned")}).status, 10);
    EXPECT_THAT(registry.log(), Not(Contains(HasSubstr("/blobs/"))));
    const std::string image = "/v2/team/cosign3-p256/manifests/" + digest_of("cosign3-p256");
    ASSERT_EQ(verify("stranger", {tagged("cosign3-p256")}).status, 12);
    EXPECT_THAT(registry.log(), Not(Contains("GET " + image)));
    ASSERT_EQ(verify("p256", {tagged("cosign3-p256")}).status, 0);
    EXPECT_THAT(registry.log(), Contains("GET " + image));
}

TEST_F(Verify, EndsWith11WhereThereIsNoSuchTag) {
    const finished_command got = verify("p256", {registry.host() + "/team/unsigned:2.0"});
    EXPECT_EQ(got.status, 11);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(
        got.errors,
        fmt::format(
            "gatehouse verify: no such tag: image {0}/team/unsigned:2.0 could not be verified: {0} "
            "has "
            "no team/unsigned:2.0, or does not show it to us; check the name, and whether "
            "credentials "
            "are needed\n",
            registry.host()
        )
    );
}

TEST_F(Verify, DoesNotTakeAnAttestationForASignature) {
    const finished_command got = verify("p256", {tagged("attested")});
    EXPECT_EQ(got.status, 12);
    EXPECT_THAT(
        got.errors,
        StartsWith(fmt::format(
            "gatehouse verify: no matching signatures: image {} is signed, but not by p256.pub: a "
            "signature could not be used: ",
            tagged("attested")
        ))
    );
}

TEST_F(Verify, DemandsAnnotations) {
    for (const std::string name : {"cosign2-annotated", "cosign3-annotated"}) {
        const finished_command good = verify("p256", {"-a", "env=prod", tagged(name)});
        EXPECT_EQ(good.status, 0) << good.errors;
        EXPECT_THAT(good.output, HasSubstr(R"("optional":{"env":"prod"})"));
        EXPECT_THAT(good.errors, HasSubstr("  - it has the annotation \"env=prod\"\n"));
        const finished_command other = verify("p256", {"-a", "env=test", tagged(name)});
        EXPECT_EQ(other.status, 12);
        EXPECT_EQ(
            other.errors,
            fmt::format(
                "gatehouse verify: no matching signatures: image {} is signed, but not by "
                "p256.pub: "
                "p256.pub signed it with the annotation \"env=prod\"; sign {} with a key of "
                "p256.pub "
                "and the annotations \"env=test\"\n",
                tagged(name),
                digest_of(name)
            )
        );
    }
    EXPECT_EQ(verify("p256", {"-a", "env=prod", tagged("cosign2-p256")}).status, 12);
}

TEST_F(Verify, AcceptsThePinnedHashOnly) {
    // cosign 2.6 signs with the hash that goes with the curve.
    const std::string image = tagged("cosign2-p384");
    EXPECT_EQ(verify("p384", {"--signature-digest-algorithm", "sha384", image}).status, 0);
    EXPECT_EQ(verify("p384", {"--signature-digest-algorithm", "sha256", image}).status, 12);
    const finished_command odd =
        verify("ed25519", {"--signature-digest-algorithm", "sha256", image});
    EXPECT_EQ(odd.status, 1);
    EXPECT_THAT(odd.errors, HasSubstr("which hashAlgorithm sha256 does not go with"));
}

TEST_F(Verify, TakesSeveralImagesAndEndsAsTheFirstThatIsNotVerified) {
    const finished_command got = verify(
        "p256",
        {tagged("cosign2-p256"), tagged("unsigned"), tagged("cosign2-rsa"), tagged("cosign3-p256")}
    );
    EXPECT_EQ(got.status, 10);
    EXPECT_THAT(got.output, HasSubstr("registry.example/team/cosign2-p256"));
    EXPECT_THAT(got.output, HasSubstr(tagged("cosign3-p256")));
    EXPECT_THAT(got.errors, HasSubstr("no signatures found: image " + tagged("unsigned")));
    EXPECT_THAT(got.errors, HasSubstr("no matching signatures: image " + tagged("cosign2-rsa")));
}

TEST_F(Verify, LooksWhereCosignsEnvironmentSays) {
    const std::string image = registry.host() + "/elsewhere/app@" + digest_of("cosign2-p256");
    EXPECT_EQ(verify("p256", {image}).status, 10);
    const std::string place = registry.host() + "/team/cosign2-p256";
    setenv("COSIGN_REPOSITORY", place.c_str(), 1);
    const finished_command there = verify("p256", {image});
    setenv("COSIGN_REPOSITORY", "UPPER/case", 1);
    const finished_command bad = verify("p256", {image});
    unsetenv("COSIGN_REPOSITORY");
    EXPECT_EQ(there.status, 0) << there.errors;
    EXPECT_EQ(bad.status, 1);
    EXPECT_THAT(bad.errors, StartsWith("gatehouse verify: COSIGN_REPOSITORY: "));
}

TEST_F(Verify, KnowsARegistryByItsOtherNames) {
    const finished_command got = verify(
        "p256",
        {"images.example/team/cosign2-p256:1.0"},
        registry.configuration(", aliases: [images.example]")
    );
    EXPECT_EQ(got.status, 0) << got.errors;
    EXPECT_THAT(got.errors, StartsWith("\nVerification for " + tagged("cosign2-p256") + " --\n"));
}

// What could not be checked is never said to be unsigned.

TEST_F(Verify, EndsWith1WhereARegistryWithoutAnEntryIsPrivate) {
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

TEST_F(Verify, EndsWith1WhereTheRegistryCannotBeReached) {
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

TEST_F(Verify, EndsWith1WhereCredentialsAreMissing) {
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

TEST_F(Verify, NeverTellsItsCredentials) {
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

TEST_F(Verify, EndsWith1WhereOnlyTheSignaturesCannotBeHad) {
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

TEST_F(Verify, GivesUpWhenItsTimeIsOver) {
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

// Wrong inputs.

TEST_F(Verify, TellsOfAKeyThatCannotBeRead) {
    const std::string gone = files / "gone.pub";
    const finished_command got = run_command({"verify", "--key", gone, "reg.example/app:1"});
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(
        got.errors,
        "gatehouse verify: --key: " + gone + " cannot be read: No such file or directory\n"
    );
    const finished_command directory =
        run_command({"verify", "--key", files.path().string(), "reg.example/app:1"});
    EXPECT_EQ(directory.status, 1);
    EXPECT_EQ(
        directory.errors,
        "gatehouse verify: --key: " + files.path().string() + " cannot be read: Is a directory\n"
    );
}

TEST_F(Verify, DoesNotEchoAPrivateKey) {
    const std::string key = files.write(
        "cosign.key",
        "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nc2VjcmV0\n"
        "-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n"
    );
    const finished_command got = run_command({"verify", "--key", key, "reg.example/app:1"});
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(
        got.errors,
        "gatehouse verify: --key: " + key
            + " is a private key of cosign (cosign.key): give the public key, cosign.pub, which "
              "`cosign public-key --key cosign.key` prints\n"
    );
}

TEST_F(Verify, TellsOfWhatIsNoImage) {
    const finished_command got = verify("p256", {"reg.example/UPPER:1", "", tagged("unsigned")});
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(got.output, "");
    EXPECT_THAT(
        got.errors,
        StartsWith("gatehouse verify: \"reg.example/UPPER:1\" is not a valid image reference: ")
    );
    EXPECT_THAT(got.errors, HasSubstr("\ngatehouse verify: \"\" is not a valid image reference: "));
    EXPECT_TRUE(registry.log().empty());
}

TEST_F(Verify, TellsEveryErrorOfTheConfigurationAndTheKey) {
    const std::string config = files.write(
        "bad.yaml", "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\nregistrys: []\n"
    );
    const finished_command got =
        run_command({"verify", "--key", "/gone", "--config", config, "reg.example/app:1"});
    EXPECT_EQ(got.status, 1);
    EXPECT_THAT(
        got.errors,
        StartsWith(
            "gatehouse verify: --key: /gone cannot be read: No such file or directory\n"
            "gatehouse verify: "
            + config + ":3:1: registrys: "
        )
    );
}

TEST_F(Verify, EndsWith1WhereItIsUsedWrongly) {
    const finished_command bare = run_command({"verify"});
    EXPECT_EQ(bare.status, 1);
    EXPECT_EQ(bare.errors, "IMAGE is required\nRun with --help for more information.\n");
    const finished_command keyless = run_command({"verify", "reg.example/app:1"});
    EXPECT_EQ(keyless.status, 1);
    EXPECT_EQ(
        keyless.errors,
        "gatehouse verify: --key FILE or --policy PATH is needed; signatures without a key are not "
        "supported yet\n"
    );
    EXPECT_EQ(run_command({"verify", "--key", "k", "-o", "yaml", "app"}).status, 1);
}

TEST_F(Verify, ExplainsItself) {
    const finished_command got = run_command({"verify", "--help"});
    EXPECT_EQ(got.status, 0);
    EXPECT_EQ(got.errors, "");
    for (const std::string_view flag :
         {"--key",
          "--annotations",
          "--signature-digest-algorithm",
          "--policy",
          "--config",
          "--namespace",
          "--timeout",
          "--output"}) {
        EXPECT_THAT(got.output, HasSubstr(std::string(flag)));
    }
    EXPECT_THAT(got.output, Not(HasSubstr("--certificate")));
}

} // namespace
} // namespace gatehouse::server
