// A registry with the referrers API: bundles that cosign 3.1 made, found by filter and page by page, through
// the real binary.

#include "tests/integration/image_judge.h"
#include "tests/support/oci_registry.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const std::string bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";

image_judge judge_of(const oci_registry& registry, const std::string& key = "p256") {
    return image_judge(
        signed_policy({{.images = registry.host() + "/**", .key = key}}),
        configuration_of({plain_registry(registry.host())})
    );
}

/// A referrer of the image 1.0 that is no signature; another one for each number.
void add_sbom(oci_registry& to, const std::string& repository, int number) {
    const json manifest = {
        {"schemaVersion", 2},
        {"mediaType", "application/vnd.oci.image.manifest.v1+json"},
        {"artifactType", "application/spdx+json"},
        {"config", {{"mediaType", "application/vnd.oci.empty.v1+json"}}},
        {"layers", json::array()},
        {"annotations", {{"number", std::to_string(number)}}},
        {"subject", {{"digest", fixture_image(repository).text()}}}};
    to.add_manifest(repository, manifest.dump());
}

TEST(Referrers, OfEveryKeyThatCosign3SignsWithAreFound) {
    oci_registry registry;
    std::vector<wanted_signature> wanted;
    for (const auto& [name, held] : fixture_repositories()) {
        if (name.starts_with("team/cosign3-")) {
            registry.add_fixture(name);
            wanted.push_back({.images = registry.host() + "/" + name, .key = held.signed_by});
        }
    }
    ASSERT_EQ(wanted.size(), 6U);
    image_judge judge(signed_policy(wanted), configuration_of({plain_registry(registry.host())}));
    for (const auto& [name, held] : fixture_repositories()) {
        if (name.starts_with("team/cosign3-")) {
            EXPECT_EQ(judge.denial(by_digest(registry.host(), name)), "") << name;
        }
    }
    // The index that clients keep for want of the API is left alone.
    EXPECT_THAT(
        registry.log(),
        Not(Contains(
            "GET /v2/team/cosign3-p256/manifests/sha256-"
            + std::string(fixture_image("team/cosign3-p256").hex())
        ))
    );
}

TEST(Referrers, ByAnotherKeyDoNotCount) {
    oci_registry registry;
    registry.add_fixture("team/cosign3-p384");
    image_judge judge = judge_of(registry);
    const std::string image = by_digest(registry.host(), "team/cosign3-p384");
    EXPECT_EQ(
        judge.denial(image),
        complaint(
            image, "is signed, but not by ci: 1 signature by other keys; sign it with a key of ci"
        )
    );
}

struct listing {
    std::string name;
    bool filters;
    std::size_t page;
};

class ReferrersListed : public testing::TestWithParam<listing> {};

TEST_P(ReferrersListed, AmongTwentyOthersTheSignatureIsFound) {
    oci_registry registry({.filters = GetParam().filters, .page = GetParam().page});
    registry.add_fixture("team/cosign3-p256");
    for (int number = 0; number < 20; ++number) {
        add_sbom(registry, "team/cosign3-p256", number);
    }
    image_judge judge = judge_of(registry);
    EXPECT_EQ(judge.denial(by_digest(registry.host(), "team/cosign3-p256")), "");
    EXPECT_EQ(
        std::ranges::any_of(
            registry.log(),
            [](const std::string& one) { return one.find("last=") != std::string::npos; }
        ),
        !GetParam().filters && GetParam().page < 21
    );
}

INSTANTIATE_TEST_SUITE_P(
    Listings,
    ReferrersListed,
    testing::Values(
        listing{"OnOnePage", false, 50},
        listing{"OnSevenPages", false, 3},
        listing{"Filtered", true, 50},
        listing{"FilteredPageByPage", true, 1}
    ),
    [](const auto& one) { return one.param.name; }
);

TEST(Referrers, AnAttestationByTheRightKeyDoesNotStandForASignature) {
    oci_registry registry;
    registry.add_fixture("team/attested");
    image_judge judge = judge_of(registry);
    const std::string image = by_digest(registry.host(), "team/attested");
    EXPECT_EQ(
        judge.denial(image),
        complaint(
            image,
            fmt::format(
                "is signed, but not by ci: a signature could not be used: referrer {}: is an "
                "attestation of type https://slsa.dev/provenance/v1, not an image signature; sign "
                "it with a key of ci",
                fixture_referrer("team/attested")
            )
        )
    );
}

TEST(Referrers, OfTheApiCountWhateverTheFallbackTagSays) {
    oci_registry registry(
        {.page = 50},
        [](const registry_request& asked, scripted_server::peer& with) {
            return asked.kind == "referrers" ? std::optional(with.write(http_answer(
                       "200 OK",
                       R"({"schemaVersion":2,"manifests":[]})",
                       "Content-Type: application/vnd.oci.image.index.v1+json\r\n"
                   )))
                                             : std::nullopt;
        }
    );
    registry.add_fixture("team/cosign3-p256"); // with its fallback tag
    image_judge judge = judge_of(registry);
    const std::string image = by_digest(registry.host(), "team/cosign3-p256");
    EXPECT_EQ(
        judge.denial(image),
        complaint(
            image,
            "is not signed; sign it with a key of ci, or name the index that holds it if that is "
            "signed"
        )
    );
}

/// Answers the referrers call as registries without the API do.
class WithoutReferrersApi : public testing::TestWithParam<std::string> {};

TEST_P(WithoutReferrersApi, TheFallbackTagIsUsed) {
    oci_registry registry(
        {},
        [](const registry_request& asked, scripted_server::peer& with) -> std::optional<bool> {
            if (asked.kind != "referrers") {
                return std::nullopt;
            }
            return with.write(
                http_answer(GetParam(), "<html>Not here</html>", "Content-Type: text/html\r\n")
            );
        }
    );
    registry.add_fixture("team/cosign3-p256");
    image_judge judge = judge_of(registry);
    EXPECT_EQ(judge.denial(by_digest(registry.host(), "team/cosign3-p256")), "");
}

INSTANTIATE_TEST_SUITE_P(
    Answers,
    WithoutReferrersApi,
    testing::Values(
        "200 OK",
        "400 Bad Request",
        "404 Not Found",
        "405 Method Not Allowed",
        "406 Not Acceptable"
    ),
    [](const auto& one) { return "Http" + one.param.substr(0, 3); }
);

TEST(Referrers, AJunkBundleDoesNotHideASignatureUnderTheTag) {
    oci_registry registry;
    registry.add_fixture("team/cosign2-p256");
    const std::string junk = registry.add_blob("{}");
    const json manifest = {
        {"schemaVersion", 2},
        {"mediaType", "application/vnd.oci.image.manifest.v1+json"},
        {"artifactType", bundle_type},
        {"config", {{"mediaType", "application/vnd.oci.empty.v1+json"}}},
        {"layers", {{{"mediaType", bundle_type}, {"digest", junk}, {"size", 2}}}},
        {"subject", {{"digest", fixture_image("team/cosign2-p256").text()}}}};
    registry.add_manifest("team/cosign2-p256", manifest.dump());
    image_judge judge = judge_of(registry);
    EXPECT_EQ(judge.denial(by_digest(registry.host(), "team/cosign2-p256")), "");
    EXPECT_THAT(registry.log(), Contains("GET /v2/team/cosign2-p256/blobs/" + junk));
}

TEST(Referrers, JunkUnderTheTagDoesNotHideABundle) {
    oci_registry registry;
    registry.add_fixture("team/cosign3-p256");
    registry.tag(
        "team/cosign3-p256",
        "sha256-" + std::string(fixture_image("team/cosign3-p256").hex()) + ".sig",
        registry.add_manifest("team/cosign3-p256", "<html>", "text/html")
    );
    image_judge judge = judge_of(registry);
    EXPECT_EQ(judge.denial(by_digest(registry.host(), "team/cosign3-p256")), "");
}

} // namespace
} // namespace gatehouse::testing_support
