// Tags that are not what they seem, asked by the real binary: what counts is the digest that is found now,
// and a manifest that contradicts itself has none.

#include "tests/integration/image_judge.h"
#include "tests/support/case_name.h"
#include "tests/support/oci_registry.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

const std::string repository = "team/cosign3-p256";
const std::string index_type = "application/vnd.oci.image.index.v1+json";
const std::string manifest_type = "application/vnd.oci.image.manifest.v1+json";

image_judge judge_of(const oci_registry& registry) {
    return image_judge(
        signed_policy({{.images = registry.host() + "/**", .tags = "Allow"}}),
        configuration_of({plain_registry(registry.host())}, "cache: {tagTTL: 0s}\n")
    );
}

TEST(HostileTags, ThatMoveAreJudgedByWhatTheyAreNow) {
    const std::string unsigned_one = R"({"schemaVersion":2,"layers":[]})";
    std::atomic<bool> has_moved = false;
    oci_registry registry({}, [&](const registry_request& asked, scripted_server::peer& with) {
        if (asked.method != "HEAD" || !has_moved) {
            return std::optional<bool>();
        }
        const std::string whole = http_answer(
            "200 OK",
            unsigned_one,
            fmt::format(
                "Content-Type: {}\r\nDocker-Content-Digest: {}\r\n",
                manifest_type,
                policy::digest::of(unsigned_one).text()
            )
        );
        return std::optional(with.write(whole.substr(0, whole.size() - unsigned_one.size())));
    });
    registry.add_fixture(repository);
    const std::string image = fmt::format("{}/{}:1.0", registry.host(), repository);
    image_judge judge = judge_of(registry);
    const json before = judge.judge(image);
    EXPECT_EQ(before.at("allowed"), true);
    EXPECT_EQ(
        before.at("auditAnnotations").at("images"),
        fmt::format("{}={}", image, fixture_image(repository).text())
    );
    has_moved = true;
    EXPECT_EQ(
        judge.denial(image),
        complaint(
            image,
            fmt::format(
                "is not signed; sign {} with a key of ci", policy::digest::of(unsigned_one).text()
            )
        )
    );
}

struct tag_case {
    std::string name;
    std::string body;
    std::string headers;
    std::string defect;
};

class HostileTag : public testing::TestWithParam<tag_case> {};

TEST_P(HostileTag, HasNoDigest) {
    oci_registry registry({}, [](const registry_request& asked, scripted_server::peer& with) {
        if (asked.name != "1.0") {
            return std::optional<bool>();
        }
        // Some registries refuse HEAD, so that GET must do.
        return std::optional(with.write(
            asked.method == "HEAD" ? http_answer("405 Method Not Allowed", "")
                                   : http_answer("200 OK", GetParam().body, GetParam().headers)
        ));
    });
    registry.add_fixture(repository);
    const std::string image = fmt::format("{}/{}:1.0", registry.host(), repository);
    image_judge judge = judge_of(registry);
    EXPECT_EQ(
        judge.denial(image),
        complaint(
            image,
            fmt::format(
                "could not be verified: {}:1.0 of {} {}",
                repository,
                registry.host(),
                GetParam().defect
            )
        )
    );
}

INSTANTIATE_TEST_SUITE_P(
    Answers,
    HostileTag,
    testing::Values(
        tag_case{
            "AnIndexSentAsAManifest",
            R"({"schemaVersion":2,"mediaType":")" + index_type + R"(","manifests":[]})",
            "Content-Type: " + manifest_type + "\r\n",
            "calls itself \"" + index_type + "\" and was sent as " + manifest_type},
        tag_case{
            "AnotherDigestThanItsOwn",
            R"({"schemaVersion":2})",
            "Content-Type: " + manifest_type + "; charset=utf-8\r\nDocker-Content-Digest: sha256:"
                + std::string(64, 'a') + "\r\n",
            "is not what its digest says"},
        tag_case{"AWebPage", "<html>", "Content-Type: text/html\r\n", "is not a JSON object"},
        tag_case{
            "ADockerSchemaOneManifest",
            R"({"schemaVersion":1})",
            "Content-Type: application/vnd.docker.distribution.manifest.v1+prettyjws\r\n",
            "is a Docker schema 1 manifest, which nodes no longer run; push the image again"}
    ),
    case_name()
);

} // namespace
} // namespace gatehouse::testing_support
