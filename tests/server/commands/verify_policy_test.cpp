// `gatehouse verify --policy` against a registry on a socket. What each line says is tested in
// server/verify; here it is that policies, their keys and the registry come together.
#include "server/commands/verify.h"
#include "tests/support/fixture_registry.h"
#include "tests/support/run_command.h"
#include "tests/support/signature_fixtures.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: registries, keys and files that every line below is made of
using testing::HasSubstr;
using testing::StartsWith;

class VerifyPolicy : public testing::Test {
  protected:
    VerifyPolicy() {
        for (const std::string name : {"p256", "p384", "rsa"}) {
            files.write(name + ".pub", fixture_key_pem(name));
        }
    }

    /// `gatehouse verify --policy` with this spec.
    finished_command verify(const std::string& spec, std::vector<std::string> arguments) {
        const std::string policy = files.write(
            "policy.yaml",
            "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\n"
            "metadata: {name: production}\nspec:\n"
                + spec
        );
        const std::string config = files.write("config.yaml", registry.configuration());
        arguments.insert(arguments.begin(), {"verify", "--policy", policy, "--config", config});
        return run_command(arguments);
    }
    /// An entry for all images of the registry, by these keys, a signer each.
    [[nodiscard]] std::string entry(
        const std::vector<std::string>& keys,
        const std::string& more = ""
    ) const {
        std::string out = fmt::format(
            "  signatures:\n  - name: release\n    images: [\"{}/**\"]\n    authorities:\n",
            registry.host()
        );
        for (const std::string& key : keys) {
            out += fmt::format(
                "    - {{name: {0}, keys: [{{file: {1}}}]}}\n", key, files / (key + ".pub")
            );
        }
        return out + more;
    }
    [[nodiscard]] std::string pinned(const std::string& name) const {
        return fixture_reference(registry, "team/" + name);
    }

    temp_dir files;
    fixture_registry registry;
};

TEST_F(VerifyPolicy, SaysWhoHasSigned) {
    const finished_command got =
        verify(entry({"p256", "rsa"}), {pinned("cosign2-p256"), "-o", "text"});
    EXPECT_EQ(got.status, 0);
    EXPECT_EQ(got.errors, "");
    const std::string digest = fixture_image("team/cosign2-p256").text();
    EXPECT_EQ(
        got.output,
        fmt::format(
            "\nVerification for {} ({}) --\n"
            "  production/release: satisfied, 1 signer of 1 needed\n"
            "    p256: signed it, sha256-{}.sig layer 1\n"
            "    rsa: has not signed it\n"
            "  runs as (linux/amd64): uid 65532 from the image's USER \"65532\"; gid 0 as the pod "
            "names no group and the image has no /etc/passwd; groups 0\n",
            pinned("cosign2-p256"),
            digest,
            digest.substr(7)
        )
    );
}

TEST_F(VerifyPolicy, SaysWhomItRunsAsUnderTheNameThatWasAskedFor) {
    const finished_command got = verify(
        entry({"p256"}, "    tags: Allow\n"),
        {registry.host() + "/team/cosign2-p256:1.0", "-o", "json"}
    );
    EXPECT_EQ(got.status, 0) << got.errors;
    const auto all = nlohmann::json::parse(got.output).at("identities");
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].at("image"), registry.host() + "/team/cosign2-p256:1.0");
    EXPECT_EQ(all[0].at("user").at("id"), 65532);
}

TEST_F(VerifyPolicy, CountsSigners) {
    const finished_command got = verify(
        entry({"p256", "rsa"}, "    threshold: 2\n"), {pinned("cosign2-p256"), "-o", "json"}
    );
    EXPECT_EQ(got.status, 12);
    const auto json = nlohmann::json::parse(got.output);
    EXPECT_EQ(json.at("verified"), false);
    EXPECT_FALSE(json.contains("identities"));
    EXPECT_EQ(
        json.at("requirements").at(0).at("message"),
        fmt::format(
            "image {} is signed, but not by p256 and rsa (only by p256): 1 signature by other "
            "keys; "
            "sign it with keys of p256 and rsa",
            pinned("cosign2-p256")
        )
    );
    EXPECT_THAT(
        got.errors,
        testing::EndsWith(fmt::format(
            "gatehouse verify: no matching signatures: image {} does not satisfy "
            "production/release\n",
            pinned("cosign2-p256")
        ))
    );
}

TEST_F(VerifyPolicy, HasTheSameStatusesAsByKey) {
    EXPECT_EQ(verify(entry({"p256"}), {pinned("unsigned")}).status, 10);
    EXPECT_EQ(verify(entry({"p256"}), {registry.host() + "/team/unsigned:2.0"}).status, 11);
    EXPECT_EQ(verify(entry({"p384"}), {pinned("cosign2-p256")}).status, 12);
    EXPECT_EQ(verify(entry({"p256"}), {"nginx"}).status, 1);
}

TEST_F(VerifyPolicy, DemandsADigestUnlessTheEntryDoesNot) {
    const std::string tagged = registry.host() + "/team/cosign3-p256:1.0";
    const finished_command denied = verify(entry({"p256"}), {tagged, "-o", "text"});
    EXPECT_EQ(denied.status, 1);
    EXPECT_THAT(
        denied.output, HasSubstr("is not named by digest; write " + pinned("cosign3-p256") + "\n")
    );
    const finished_command warned =
        verify(entry({"p256"}, "    tags: Warn\n"), {tagged, "-o", "text"});
    EXPECT_EQ(warned.status, 0);
    EXPECT_THAT(
        warned.output, HasSubstr("    warning: image " + tagged + " is not named by digest")
    );
}

TEST_F(VerifyPolicy, AsksNobodyForWhatIsDecidedStatically) {
    const std::string passes =
        "  signatures: [{name: mesh, images: [\"mesh.example/**\"], "
        "authorities: [{name: platform, static: Pass}]}]\n  unsignedImages: Deny\n";
    EXPECT_EQ(verify(passes, {"mesh.example/proxy:1"}).status, 0);
    EXPECT_EQ(verify(passes, {pinned("cosign2-p256")}).status, 1);
    EXPECT_TRUE(registry.log().empty());
}

TEST_F(VerifyPolicy, TellsErrorsOfPoliciesAndTheirKeys) {
    const finished_command got =
        verify(entry({"p256", "gone"}), {pinned("cosign2-p256"), "--policy", "/nowhere"});
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(
        got.errors,
        fmt::format(
            "gatehouse verify: /nowhere: No such file or directory\n"
            "gatehouse verify: {}:10:34: spec.signatures[0].authorities[1].keys[0].file: {}: No "
            "such "
            "file or directory\n",
            files / "policy.yaml",
            files / "gone.pub"
        )
    );
    EXPECT_TRUE(registry.log().empty());
}

} // namespace
} // namespace gatehouse::server
