// What `gatehouse verify` says of wrong flags, keys, images and configurations.
#include "server/commands/verify.h"
#include "tests/support/verify_fixture.h"

#include <gmock/gmock.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: registries, keys and files that every line below is made of
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class VerifyInputs : public verify_fixture {};

TEST_F(VerifyInputs, TellsOfAKeyThatCannotBeRead) {
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

TEST_F(VerifyInputs, DoesNotEchoAPrivateKey) {
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

TEST_F(VerifyInputs, TellsOfWhatIsNoImage) {
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

TEST_F(VerifyInputs, TellsEveryErrorOfTheConfigurationAndTheKey) {
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

TEST_F(VerifyInputs, EndsWith1WhereItIsUsedWrongly) {
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

TEST_F(VerifyInputs, ExplainsItself) {
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
