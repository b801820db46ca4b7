// Things that the right key really signed and that are no signature of the image all the same: statements
// that stand in for each other, payloads that say two things. Through the real binary, from both places.

#include "tests/integration/image_judge.h"
#include "tests/support/case_name.h"
#include "tests/support/oci_registry.h"
#include "tests/support/signature_fixtures.h"
#include "tests/support/signed_image.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

const std::string repository = "team/app";
const std::string bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
const std::string simple_type = "application/vnd.dev.cosign.simplesigning.v1+json";

const signing_key& key() { return shared_key("P-256"); }

json layer_of(oci_registry& in, const std::string& type, const std::string& content) {
    return {{"mediaType", type}, {"digest", in.add_blob(content)}, {"size", content.size()}};
}

// Each returns how messages name the place.

/// Under the .sig tag, with a signature of these very bytes unless another one is given.
std::string sign_by_tag(oci_registry& in, const std::string& payload, std::string signature = "") {
    json layer = layer_of(in, simple_type, payload);
    signature = signature.empty() ? base64(key().sign(payload)) : signature;
    layer["annotations"] = {{"dev.cosignproject.cosign/signature", signature}};
    const json manifest = {{"schemaVersion", 2}, {"layers", {layer}}};
    const std::string name = "sha256-" + std::string(signed_image().hex()) + ".sig";
    in.tag(repository, name, in.add_manifest(repository, manifest.dump()));
    return name + " layer 1";
}

/// As a referrer of `subject`.
std::string sign_by_bundle(
    oci_registry& in,
    const std::string& bundle,
    const std::string& subject = signed_image().text()
) {
    const json manifest = {
        {"schemaVersion", 2},
        {"mediaType", "application/vnd.oci.image.manifest.v1+json"},
        {"artifactType", bundle_type},
        {"config", {{"mediaType", "application/vnd.oci.empty.v1+json"}}},
        {"layers", {layer_of(in, bundle_type, bundle)}},
        {"subject", {{"digest", subject}}}};
    return "referrer " + in.add_manifest(repository, manifest.dump());
}
std::string sign_by_bundle(oci_registry& in, const json& bundle) {
    return sign_by_bundle(in, bundle.dump());
}

std::string statement_with(const std::string& field, json value) {
    json statement = signing_statement();
    statement[field] = std::move(value);
    return statement.dump();
}

const std::string other_digest = policy::digest::of("another image").text();

struct stand_in {
    std::string name;
    std::function<std::string(oci_registry&)> put; ///< returns its place
    std::string defect;                            ///< empty: it is a signature
};

class HostileSignature : public testing::TestWithParam<stand_in> {
  protected:
    oci_registry registry_;
};

TEST_P(HostileSignature, CountsForWhatItSaysOnly) {
    registry_.add_manifest(repository, signed_manifest());
    const std::string place = GetParam().put(registry_);
    image_judge judge(
        signed_policy({{.images = registry_.host() + "/**", .pem = key().public_pem()}}),
        configuration_of({plain_registry(registry_.host())})
    );
    const std::string image =
        fmt::format("{}/{}@{}", registry_.host(), repository, signed_image().text());
    const std::string complaint_of_it = complaint(
        image,
        fmt::format(
            "is signed, but not by ci: a signature could not be used: {}: {}; sign it with a key "
            "of ci",
            place,
            GetParam().defect
        )
    );
    EXPECT_EQ(judge.denial(image), GetParam().defect.empty() ? "" : complaint_of_it);
}

INSTANTIATE_TEST_SUITE_P(
    StandIns,
    HostileSignature,
    testing::Values(
        stand_in{
            "ThePayloadItself",
            [](oci_registry& in) { return sign_by_tag(in, simple_signing_payload().dump()); },
            ""},
        stand_in{
            "TheStatementItself",
            [](oci_registry& in) {
                return sign_by_bundle(in, envelope_bundle(key(), signing_statement().dump()));
            },
            ""},
        stand_in{
            "APayloadWithTwoDigests",
            [](oci_registry& in) {
                return sign_by_tag(
                    in,
                    fmt::format(
                        R"({{"critical":{{"identity":{{"docker-reference":""}},"image":{{"docker-manifest-digest":"{}","docker-manifest-digest":"{}"}},"type":"cosign container image signature"}},"optional":null}})",
                        other_digest,
                        signed_image().text()
                    )
                );
            },
            "its payload has \"docker-manifest-digest\" twice"},
        stand_in{
            "APayloadAboutAnotherImage",
            [](oci_registry& in) {
                json payload = simple_signing_payload();
                payload["critical"]["image"]["docker-manifest-digest"] = other_digest;
                return sign_by_tag(in, payload.dump());
            },
            "its payload names another image, " + other_digest},
        stand_in{
            "APayloadOfAnotherType",
            [](oci_registry& in) {
                json payload = simple_signing_payload();
                payload["critical"]["type"] = "cosign container image attestation";
                return sign_by_tag(in, payload.dump());
            },
            "its payload is of type \"cosign container image attestation\", not an image "
            "signature"},
        stand_in{
            "AStatementInPlaceOfAPayload",
            [](oci_registry& in) { return sign_by_tag(in, signing_statement().dump()); },
            "its payload has no critical part"},
        stand_in{
            "ABundleInPlaceOfAPayload",
            [](oci_registry& in) {
                const json bundle = envelope_bundle(key(), signing_statement().dump());
                return sign_by_tag(
                    in, bundle.dump(), bundle["dsseEnvelope"]["signatures"][0]["sig"]
                );
            },
            "its payload has no critical part"},
        stand_in{
            "TheManifestInPlaceOfAPayload",
            [](oci_registry& in) { return sign_by_tag(in, signed_manifest()); },
            "its payload has no critical part"},
        stand_in{
            "APayloadInPlaceOfAStatement",
            [](oci_registry& in) {
                return sign_by_bundle(in, envelope_bundle(key(), simple_signing_payload().dump()));
            },
            "its payload is not an in-toto statement of version 0.1 or 1"},
        stand_in{
            "APayloadInPlaceOfABundle",
            [](oci_registry& in) { return sign_by_bundle(in, simple_signing_payload()); },
            "its bundle has no mediaType"},
        stand_in{
            "ProvenanceInPlaceOfASignature",
            [](oci_registry& in) {
                return sign_by_bundle(
                    in,
                    envelope_bundle(
                        key(), statement_with("predicateType", "https://slsa.dev/provenance/v1")
                    )
                );
            },
            "is an attestation of type https://slsa.dev/provenance/v1, not an image signature"},
        stand_in{
            "AStatementAboutAnotherImage",
            [](oci_registry& in) {
                return sign_by_bundle(
                    in,
                    envelope_bundle(
                        key(),
                        statement_with(
                            "subject", {{{"digest", {{"sha256", other_digest.substr(7)}}}}}
                        )
                    )
                );
            },
            "its statement is about another image"},
        stand_in{
            "AStatementWithTwoSubjectLists",
            [](oci_registry& in) {
                std::string statement = signing_statement().dump();
                statement.insert(
                    1,
                    fmt::format(
                        R"("subject":[{{"digest":{{"sha256":"{}"}}}}],)", other_digest.substr(7)
                    )
                );
                return sign_by_bundle(in, envelope_bundle(key(), statement));
            },
            "its statement has \"subject\" twice"},
        stand_in{
            "ABundleWithTwoEnvelopes",
            [](oci_registry& in) {
                std::string bundle = envelope_bundle(key(), signing_statement().dump()).dump();
                bundle.insert(1, R"("dsseEnvelope":{},)");
                return sign_by_bundle(in, bundle);
            },
            "its bundle has \"dsseEnvelope\" twice"}
    ),
    case_name()
);

TEST(HostileSignatures, OfAnotherImageAreNoneOfThisOneWhereverTheyAreListed) {
    // The registry lists for the unsigned image what its manifest says is about the signed one.
    oci_registry registry({.page = 50}, [](const registry_request& asked, scripted_server::peer& with) {
        return asked.kind == "referrers" ? std::optional(with.write(http_answer(
                   "200 OK",
                   fmt::format(
                       R"({{"schemaVersion":2,"manifests":[{{"digest":"{}","size":1,"artifactType":"{}"}}]}})",
                       fixture_referrer("team/cosign3-p256"),
                       bundle_type
                   ),
                   "Content-Type: application/vnd.oci.image.index.v1+json\r\n"
               )))
                                         : std::nullopt;
    });
    registry.add_fixture("team/cosign3-p256");
    const std::string unsigned_one = registry.add_manifest("team/cosign3-p256", signed_manifest());
    image_judge judge(
        signed_policy({{.images = registry.host() + "/**"}}),
        configuration_of({plain_registry(registry.host())})
    );
    const std::string image = fmt::format("{}/team/cosign3-p256@{}", registry.host(), unsigned_one);
    EXPECT_EQ(
        judge.denial(image),
        complaint(
            image,
            fmt::format(
                "is signed, but not by ci: a signature could not be used: referrer {}: is about "
                "another image; sign it with a key of ci",
                fixture_referrer("team/cosign3-p256")
            )
        )
    );
}

TEST(HostileSignatures, WithARightStatementUnderAnotherSubjectAreLeftOut) {
    std::string listed;
    oci_registry registry({}, [&](const registry_request& asked, scripted_server::peer& with) {
        return asked.kind == "referrers" ? std::optional(with.write(http_answer(
                   "200 OK",
                   fmt::format(
                       R"({{"schemaVersion":2,"manifests":[{{"digest":"{}","size":1,"artifactType":"{}"}}]}})",
                       listed,
                       bundle_type
                   ),
                   "Content-Type: application/vnd.oci.image.index.v1+json\r\n"
               )))
                                         : std::nullopt;
    });
    registry.add_manifest(repository, signed_manifest());
    const std::string place = sign_by_bundle(
        registry, envelope_bundle(key(), signing_statement().dump()).dump(), other_digest
    );
    listed = place.substr(std::string("referrer ").size());
    image_judge judge(
        signed_policy({{.images = registry.host() + "/**", .pem = key().public_pem()}}),
        configuration_of({plain_registry(registry.host())})
    );
    const std::string image =
        fmt::format("{}/{}@{}", registry.host(), repository, signed_image().text());
    EXPECT_EQ(
        judge.denial(image),
        complaint(
            image,
            fmt::format(
                "is signed, but not by ci: a signature could not be used: {}: is about another "
                "image; sign it with a key of ci",
                place
            )
        )
    );
}

} // namespace
} // namespace gatehouse::testing_support
