// A real registry (Debian's docker-registry) with images that real tools signed, asked by the real binary
// over plain HTTP: who is let in, who is not and in which words, and what an outage changes.

#include "tests/integration/docker_registry.h"
#include "tests/integration/image_judge.h"
#include "tests/support/eventually.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <regex>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

std::string remedy() { return "sign it with a key of ci"; }

class Registry : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        // Pushed anew for each test where each is a process.
        storage_ = std::make_unique<registry_storage>(std::vector<std::string>{
            "team/attested", "team/cosign2-p256", "team/cosign3-p256", "team/sm2", "team/unsigned"}
        );
        registry_ = std::make_unique<docker_registry>(storage_->path());
    }
    static void TearDownTestSuite() {
        registry_.reset();
        storage_.reset();
    }

    static std::string at(const std::string& repository) {
        return by_digest(registry_->host(), repository);
    }
    static std::string tagged(const std::string& repository) {
        return fmt::format("{}/{}:1.0", registry_->host(), repository);
    }
    /// One that wants this key for every image of the registry.
    static image_judge judge_by(const std::string& key, const std::string& tags = "Deny") {
        return image_judge(
            signed_policy({{.images = registry_->host() + "/**", .key = key, .tags = tags}}),
            configuration_of({plain_registry(registry_->host())})
        );
    }

    static inline std::unique_ptr<registry_storage> storage_;
    static inline std::unique_ptr<docker_registry> registry_;
};

TEST_F(Registry, AnImageThatIsSignedIsAllowedWithItsDigest) {
    image_judge judge = judge_by("p256");
    EXPECT_EQ(
        judge.judge(at("team/cosign2-p256")),
        json(
            {{"uid", "705ab4f5-6393-11e8-b7cc-42010a800002"},
             {"allowed", true},
             {"auditAnnotations",
              {{"decision", "allow"},
               {"policies", "signed"},
               {"images",
                fmt::format(
                    "{}={}", at("team/cosign2-p256"), fixture_image("team/cosign2-p256").text()
                )}}}}
        )
    );
}

TEST_F(Registry, AnImageThatIsNotSignedIsDenied) {
    image_judge judge = judge_by("p256");
    const std::string image = at("team/unsigned");
    const std::string line = fmt::format(
        "container \"app\" image {} is not signed; {}, or name the index that holds it if that is "
        "signed [signed/image-signature]",
        image,
        remedy()
    );
    json expected = json::parse(R"({
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "allowed": false,
        "status": {
            "status": "Failure", "code": 403, "reason": "Forbidden",
            "details": {"name": "web", "kind": "pods", "causes": [
                {"field": "spec.containers[0].image", "reason": "FieldValueForbidden"}
            ]}
        },
        "auditAnnotations": {
            "decision": "deny", "policies": "signed", "violations": "signed/image-signature"
        }
    })");
    expected["auditAnnotations"]["images"] =
        fmt::format("{}={}", image, fixture_image("team/unsigned").text());
    expected["status"]["details"]["causes"][0]["message"] = line;
    expected["status"]["message"] = "Pod prod/web: " + line;
    EXPECT_EQ(judge.judge(image), expected);
}

TEST_F(Registry, ASignatureByAnotherKeyDoesNotCount) {
    image_judge judge = judge_by("stranger");
    for (const char* name : {"team/cosign2-p256", "team/cosign3-p256", "team/sm2"}) {
        EXPECT_EQ(
            judge.denial(at(name)),
            complaint(at(name), "is signed, but not by ci: 1 signature by other keys; " + remedy())
        );
    }
}

TEST_F(Registry, AnAttestationByTheRightKeyDoesNotStandForASignature) {
    image_judge judge = judge_by("p256");
    EXPECT_EQ(
        judge.denial(at("team/attested")),
        complaint(
            at("team/attested"),
            fmt::format(
                "is signed, but not by ci: a signature could not be used: referrer {}: is an "
                "attestation of type https://slsa.dev/provenance/v1, not an image signature; {}",
                fixture_referrer("team/attested"),
                remedy()
            )
        )
    );
}

TEST_F(Registry, ATagIsResolvedAndTheDenialNamesItsDigest) {
    image_judge judge = judge_by("p256");
    EXPECT_EQ(
        judge.denial(tagged("team/cosign2-p256")),
        complaint(
            tagged("team/cosign2-p256"),
            "is not named by digest; write " + at("team/cosign2-p256"),
            "image-digest"
        )
    );
    EXPECT_EQ(
        judge.denial(tagged("team/unsigned")),
        fmt::format(
            "Pod prod/web breaks 2 rules:\n"
            "- container \"app\" image {0} is not signed; sign {1} with a key of ci "
            "[signed/image-signature]\n"
            "- container \"app\" image {0} is not named by digest; write "
            "{2}/team/unsigned@sha256:<digest> [signed/image-digest]",
            tagged("team/unsigned"),
            fixture_image("team/unsigned").text(),
            registry_->host()
        )
    );
}

TEST_F(Registry, ATagMayBeWarnedOfOrAllowed) {
    image_judge warns = judge_by("p256", "Warn");
    const json warned = warns.judge(tagged("team/cosign3-p256"));
    EXPECT_EQ(warned.at("allowed"), true);
    EXPECT_EQ(
        warned.at("warnings"),
        json::array({complaint(
            tagged("team/cosign3-p256"),
            "is not named by digest; write " + at("team/cosign3-p256"),
            "image-digest"
        )})
    );
    image_judge allows = judge_by("p256", "Allow");
    const json allowed = allows.judge(tagged("team/cosign3-p256"));
    EXPECT_EQ(allowed.at("allowed"), true);
    EXPECT_FALSE(allowed.contains("warnings"));
}

TEST_F(Registry, AnImageThatIsNotThereCouldNotBeVerified) {
    image_judge judge = judge_by("p256", "Allow");
    for (const char* name : {"team/cosign2-p256:2.0", "team/nobodys:1.0"}) {
        EXPECT_EQ(
            judge.denial(fmt::format("{}/{}", registry_->host(), name)),
            complaint(
                fmt::format("{}/{}", registry_->host(), name),
                fmt::format(
                    "could not be verified: {} has no {}, or does not show it to us; check the "
                    "name, and whether credentials are needed",
                    registry_->host(),
                    name
                )
            )
        );
    }
}

TEST_F(Registry, ThatIsNotListedIsNotAskedOnAPrivateAddress) {
    image_judge judge(signed_policy({{.images = "**"}}), configuration_of({}));
    EXPECT_EQ(
        judge.denial(at("team/cosign2-p256")),
        complaint(
            at("team/cosign2-p256"),
            "could not be verified: 127.0.0.1 is at a private address, which is asked only for "
            "registries listed in the ServerConfiguration"
        )
    );
}

TEST(RegistryOfEveryTool, WhatEachKeySignedIsAllowed) {
    std::vector<std::string> names;
    for (const auto& [name, held] : fixture_repositories()) {
        if (!held.signed_by.empty()) {
            names.push_back(name);
        }
    }
    ASSERT_GT(names.size(), 12U);
    const registry_storage storage(names);
    const docker_registry registry(storage.path());
    std::vector<wanted_signature> wanted;
    for (const std::string& name : names) {
        wanted.push_back(
            {.images = registry.host() + "/" + name,
             .key = fixture_repositories().at(name).signed_by}
        );
    }
    image_judge judge(signed_policy(wanted), configuration_of({plain_registry(registry.host())}));
    for (const std::string& name : names) {
        EXPECT_EQ(judge.denial(by_digest(registry.host(), name)), "") << name;
    }
}

/// Each has a registry that it stops.
class RegistryOutage : public testing::Test {
  protected:
    image_judge judge(const std::string& more = "") const {
        return image_judge(
            signed_policy({{.images = registry_.host() + "/**", .tags = "Allow"}}, more),
            // Every review asks again, so that an outage is seen by the next.
            configuration_of({plain_registry(registry_.host())}, "cache: {tagTTL: 0s}\n")
        );
    }
    [[nodiscard]] std::string tagged(const std::string& repository) const {
        return fmt::format("{}/{}:1.0", registry_.host(), repository);
    }
    [[nodiscard]] std::string unreachable(const std::string& repository) const {
        return complaint(
            tagged(repository),
            fmt::format(
                "could not be verified: no connection to 127.0.0.1 ({}): Connection refused; check "
                "that the registry is up and can be reached",
                registry_.host()
            )
        );
    }
    /// Ages are as long as the test takes.
    static std::string without_age(const std::string& warning) {
        return std::regex_replace(warning, std::regex("[0-9]+ s ago"), "N s ago");
    }

    registry_storage storage_{{"team/cosign2-p256", "team/cosign3-p256"}};
    docker_registry registry_{storage_.path()};
};

TEST_F(RegistryOutage, KnownImagesAreAllowedWithAWarningAndOthersWait) {
    image_judge judge = this->judge();
    ASSERT_EQ(judge.denial(tagged("team/cosign2-p256")), "");
    registry_.stop();

    const json known = judge.judge(tagged("team/cosign2-p256"));
    EXPECT_EQ(known.at("allowed"), true);
    ASSERT_EQ(known.at("warnings").size(), 1U);
    EXPECT_EQ(
        without_age(known.at("warnings")[0]),
        fmt::format(
            "image {} was judged by what was known of it N s ago: its registry cannot be had now",
            tagged("team/cosign2-p256")
        )
    );
    EXPECT_EQ(judge.denial(tagged("team/cosign3-p256")), unreachable("team/cosign3-p256"));

    registry_.start();
    EXPECT_TRUE(eventually(seconds(20), [&] {
        return judge.denial(tagged("team/cosign3-p256")).empty();
    }));
    EXPECT_TRUE(eventually(seconds(20), [&] {
        return !judge.judge(tagged("team/cosign2-p256")).contains("warnings");
    }));
}

TEST_F(RegistryOutage, LetsUnknownImagesInWhereThePolicySaysWarn) {
    image_judge judge = this->judge("  onRegistryUnavailable: Warn\n");
    registry_.stop();
    const json response = judge.judge(tagged("team/cosign2-p256"));
    EXPECT_EQ(response.at("allowed"), true);
    EXPECT_EQ(response.at("warnings"), json::array({unreachable("team/cosign2-p256")}));
    EXPECT_EQ(
        response.at("auditAnnotations"),
        json(
            {{"decision", "allow"},
             {"policies", "signed"},
             {"violations", "signed/image-signature"},
             {"unverified", "signed/" + tagged("team/cosign2-p256") + "=connect"}}
        )
    );
    EXPECT_EQ(
        judge.metric(R"(gatehouse_unverified_admissions_total{policy="signed",cause="connect"})"), 1
    );
}

} // namespace
} // namespace gatehouse::testing_support
