// `gatehouse verify --key` against a registry on a socket that holds images signed by cosign 2.6 and 3.1.
#include "server/commands/verify.h"

#include "tests/support/verify_fixture.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

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

class Verify : public verify_fixture {};

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

} // namespace
} // namespace gatehouse::server
