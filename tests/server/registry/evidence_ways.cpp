#include "tests/server/registry/evidence_ways.h"

#include "server/registry/oci_manifest.h"
#include "server/registry/signature_places.h"
#include "server/registry/url.h"
#include "tests/support/signature_fixtures.h"
#include "tests/support/signing.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ostream>
#include <utility>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

const std::string old_image = "team/cosign2-p256";
const std::string new_image = "team/cosign3-p256";
const std::string home = "https://registry.example/v2";

std::string named(const std::string& repository) {
    return "registry.example/" + repository + ":1.0";
}

policy::digest lay_plain(evidence_replay& to, const std::string& repository) {
    serve_fixture(to.registry, repository);
    return fixture_image(repository);
}

std::string fallback_index_of(const std::string& repository) {
    const std::string tag = server::fallback_tag(fixture_image(repository));
    return fixture_content(fixture_repositories().at(repository).tags.at(tag));
}

std::string referrers_line(const std::string& repository, std::string_view type) {
    return fmt::format(
        "GET {}/{}{}", home, repository, server::referrers_target(fixture_image(repository), type)
    );
}

/// The referrers API in place of the fallback tag.
policy::digest lay_referrers(evidence_replay& to, headers with, const std::string& body) {
    serve_fixture(to.registry, new_image);
    const policy::digest image = fixture_image(new_image);
    const std::string tag = server::fallback_tag(image);
    to.registry.on(fmt::format("GET {}/{}/manifests/{}", home, new_image, tag), answer_of(404));
    with.emplace_back("content-type", server::oci_index_type);
    to.registry.on(
        referrers_line(new_image, server::common_filter), answer_of(200, body, std::move(with))
    );
    return image;
}

const std::string empty_index = R"({"schemaVersion":2,"manifests":[]})";

policy::digest lay_second_page(evidence_replay& to) {
    const std::string page =
        fmt::format("/v2/{}/referrers/{}?last=1", new_image, fixture_image(new_image).text());
    to.registry.on(
        "GET https://registry.example" + page,
        answer_of(
            200,
            fallback_index_of(new_image),
            {{"content-type", std::string(server::oci_index_type)}}
        )
    );
    return lay_referrers(to, {{"link", fmt::format("<{}>; rel=\"next\"", page)}}, empty_index);
}

policy::digest lay_filters(evidence_replay& to) {
    for (const std::string_view type : server::other_filters) {
        to.registry.on(
            referrers_line(new_image, type),
            answer_of(200, empty_index, {{"content-type", std::string(server::oci_index_type)}})
        );
    }
    return lay_referrers(
        to, {{"oci-filters-applied", "artifactType"}}, fallback_index_of(new_image)
    );
}

policy::digest lay_get(evidence_replay& to) {
    const policy::digest image = lay_plain(to, old_image);
    to.registry.on(fmt::format("HEAD {}/{}/manifests/1.0", home, old_image), answer_of(405));
    return image;
}

/// What lies under the .sig tag where one layer holds this payload.
std::string tag_of(const std::string& payload, const std::string& signature) {
    return json{
        {"schemaVersion", 2},
        {"layers",
         {{{"mediaType", server::simple_signing_layer},
           {"digest", policy::digest::of(payload).text()},
           {"size", payload.size()},
           {"annotations", {{"dev.cosignproject.cosign/signature", signature}}}}}}}
        .dump();
}

/// An image index, signed while the test runs.
policy::digest lay_index(evidence_replay& to) {
    const std::string root = home + "/team/index";
    const std::string body =
        json{
            {"schemaVersion", 2},
            {"mediaType", server::oci_index_type},
            {"manifests",
             {{{"mediaType", server::oci_manifest_type},
               {"digest", fixture_image("team/unsigned").text()},
               {"size", 1},
               {"platform", {{"os", "linux"}, {"architecture", "amd64"}}}}}}}
            .dump();
    const policy::digest image = policy::digest::of(body);
    const std::string payload = json{
        {"critical",
         {{"identity", {{"docker-reference", "registry.example/team/index"}}},
          {"image", {{"docker-manifest-digest", image.text()}}},
          {"type", "cosign container image signature"}}},
        {"optional", nullptr}}.dump();
    const std::string tag = tag_of(payload, base64(shared_key("P-256").sign(payload)));
    const headers type = {{"content-type", std::string(server::oci_index_type)}};
    to.registry.on(fmt::format("HEAD {}/manifests/1.0", root), answer_of(200, "", type));
    to.registry.on(fmt::format("GET {}/manifests/1.0", root), answer_of(200, body, type));
    to.registry.on(
        fmt::format("GET {}/manifests/{}.sig", root, server::fallback_tag(image)),
        answer_of(200, tag)
    );
    to.registry.on(
        fmt::format("GET {}/blobs/{}", root, policy::digest::of(payload).text()),
        answer_of(200, payload)
    );
    return image;
}

server::credential login(std::string user) {
    server::credential made;
    made.host = "registry.example";
    made.user = std::move(user);
    made.password = server::secret("hidden");
    made.file = "/etc/pull.json";
    return made;
}

/// Answers 401 with this challenge to all who ask registry.example without one of these headers.
void guard(evidence_replay& to, const std::string& challenge, const std::string& authorization) {
    to.registry.gate = [=](const server::http_request& asked
                       ) -> std::optional<scripted_registry::answer> {
        if (asked.host != "registry.example"
            || scripted_registry::header_of(asked, "Authorization") == authorization) {
            return std::nullopt;
        }
        return answer_of(401, "", {{"www-authenticate", challenge}});
    };
}

policy::digest lay_token(evidence_replay& to) {
    to.settings.registry_credentials[0] = {login("a")};
    guard(to, R"(Bearer realm="https://auth.example/token",service="s")", "Bearer T");
    to.registry.on(
        "GET https://auth.example/token?service=s&scope=repository%3Ateam%2Fcosign2-p256%3Apull",
        [](const server::http_request& asked) -> scripted_registry::answer {
            const bool is_known =
                scripted_registry::header_of(asked, "Authorization") == "Basic YTpoaWRkZW4=";
            return is_known ? answer_of(200, R"({"token":"T"})") : answer_of(401);
        }
    );
    return lay_plain(to, old_image);
}

policy::digest lay_second_credential(evidence_replay& to) {
    to.settings.registry_credentials[0] = {login("a"), login("b")};
    guard(to, "Basic realm=x", "Basic YjpoaWRkZW4=");
    return lay_plain(to, old_image);
}

policy::digest lay_mirror(evidence_replay& to, bool has_image) {
    to.settings.configuration.registries[0].mirrors = {"https://mirror.example"};
    if (has_image) {
        serve_fixture(to.registry, old_image, "https://mirror.example/v2");
    }
    return lay_plain(to, old_image);
}

policy::digest lay_redirected_blob(evidence_replay& to) {
    const policy::digest image = lay_plain(to, old_image);
    for (const std::string& blob : fixture_repositories().at(old_image).blobs) {
        to.registry.on(
            fmt::format("GET {}/{}/blobs/{}", home, old_image, blob),
            answer_of(307, "", {{"location", "https://cdn.example/" + blob}})
        );
        to.registry.on("GET https://cdn.example/" + blob, answer_of(200, fixture_content(blob)));
    }
    return image;
}

/// What is no bundle, where one would be, beside the tag that holds the signature.
policy::digest lay_junk_bundle(evidence_replay& to) {
    const policy::digest image = lay_plain(to, old_image);
    const std::string root = home + "/" + old_image;
    const std::string junk = R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"})";
    const std::string manifest = json{
        {"schemaVersion", 2},
        {"mediaType", server::oci_manifest_type},
        {"artifactType", server::common_filter},
        {"layers",
         {{{"mediaType", server::common_filter},
           {"digest", policy::digest::of(junk).text()},
           {"size", junk.size()}}}},
        {"subject",
         {{"mediaType", server::oci_manifest_type},
          {"digest", image.text()},
          {"size", 1}}}}.dump();
    const std::string index =
        json{
            {"schemaVersion", 2},
            {"manifests",
             {{{"mediaType", server::oci_manifest_type},
               {"digest", policy::digest::of(manifest).text()},
               {"size", manifest.size()},
               {"artifactType", server::common_filter}}}}}
            .dump();
    to.registry.on(
        fmt::format("GET {}/manifests/{}", root, server::fallback_tag(image)), answer_of(200, index)
    );
    to.registry.on(
        fmt::format("GET {}/manifests/{}", root, policy::digest::of(manifest).text()),
        answer_of(200, manifest, {{"content-type", std::string(server::oci_manifest_type)}})
    );
    to.registry.on(
        fmt::format("GET {}/blobs/{}", root, policy::digest::of(junk).text()), answer_of(200, junk)
    );
    return image;
}

/// A payload that nobody signed under the tag, beside the bundle that holds the signature.
policy::digest lay_junk_tag(evidence_replay& to) {
    const policy::digest image = lay_plain(to, new_image);
    const std::string root = home + "/" + new_image;
    const std::string junk = "junk";
    to.registry.on(
        fmt::format("GET {}/manifests/{}.sig", root, server::fallback_tag(image)),
        answer_of(200, tag_of(junk, base64("no signature")))
    );
    to.registry.on(
        fmt::format("GET {}/blobs/{}", root, policy::digest::of(junk).text()), answer_of(200, junk)
    );
    return image;
}

/// The index of bundles that cosign 3 left for another image.
policy::digest lay_foreign_bundle(evidence_replay& to) {
    const policy::digest image = lay_plain(to, "team/unsigned");
    to.registry.on(
        fmt::format("GET {}/team/unsigned/manifests/{}", home, server::fallback_tag(image)),
        answer_of(200, fallback_index_of(new_image))
    );
    const fixture_repository& held = fixture_repositories().at(new_image);
    for (const auto& [digest, type] : held.manifests) {
        to.registry.on(
            fmt::format("GET {}/team/unsigned/manifests/{}", home, digest),
            answer_of(200, fixture_content(digest), {{"content-type", type}})
        );
    }
    for (const std::string& digest : held.blobs) {
        to.registry.on(
            fmt::format("GET {}/team/unsigned/blobs/{}", home, digest),
            answer_of(200, fixture_content(digest))
        );
    }
    return image;
}

std::function<policy::digest(evidence_replay&)> plain(const std::string& repository) {
    return [repository](evidence_replay& to) { return lay_plain(to, repository); };
}

} // namespace

std::vector<evidence_way> evidence_ways() {
    const std::string old_name = named(old_image);
    const std::string new_name = named(new_image);
    return {
        {"SignatureTag", old_name, plain(old_image), 5, ""},
        {"NamedByDigest",
         "registry.example/" + old_image
             + "@sha256:3c0caaab1035f52ce83491153ad89987a62e7dba1155d783483c0a49fe43f244",
         plain(old_image),
         4,
         ""},
        {"FallbackTag", new_name, plain(new_image), 6, ""},
        {"Referrers",
         new_name,
         [](evidence_replay& to) { return lay_referrers(to, {}, fallback_index_of(new_image)); },
         5,
         ""},
        {"SecondPageOfReferrers", new_name, lay_second_page, 6, ""},
        {"FilteredReferrers", new_name, lay_filters, 8, ""},
        {"GetWhereHeadIsRefused", old_name, lay_get, 6, ""},
        {"ImageIndex", named("team/index"), lay_index, 6, ""},
        {"Token", old_name, lay_token, 7, ""},
        {"SecondCredential", old_name, lay_second_credential, 9, ""},
        {"Mirror", old_name, [](evidence_replay& to) { return lay_mirror(to, true); }, 5, ""},
        {"EmptyMirror", old_name, [](evidence_replay& to) { return lay_mirror(to, false); }, 9, ""},
        {"RedirectedBlob", old_name, lay_redirected_blob, 6, ""},
        {"JunkBundleBesideATag", old_name, lay_junk_bundle, 7, ""},
        {"JunkTagBesideABundle", new_name, lay_junk_tag, 7, ""},
        {"Unsigned",
         named("team/unsigned"),
         plain("team/unsigned"),
         4,
         "is not signed; sign "
         "sha256:6d5acbbfd1ae1f35c434f85d5c2247f92e8765b561d92f5bf3bd1ca45d924dc0 with a key of "
         "kms"},
        {"OfAnotherKey",
         named("team/cosign2-p384"),
         plain("team/cosign2-p384"),
         5,
         "is signed, but not by kms: 1 signature by other keys; sign "
         "sha256:f197197a679a09f469178f1fe1c754a7002abe0113a61b0b3e7c8dcee17d2102 with a key of "
         "kms"},
        {"Attestation",
         named("team/attested"),
         plain("team/attested"),
         6,
         "is signed, but not by kms: a signature could not be used: referrer "
         "sha256:6f4fb21fb474c466d4276e2a80ad15d5d9b54aefdd76c7007ddbf9bee65ccef1: is an "
         "attestation of type https://slsa.dev/provenance/v1, not an image signature; sign "
         "sha256:0846d332d74522340b24bf69104150889fac91c056cd38235149f1b2e873f26b with a key of "
         "kms"},
        {"BundleOfAnotherImage",
         named("team/unsigned"),
         lay_foreign_bundle,
         5,
         "is signed, but not by kms: a signature could not be used: referrer "
         "sha256:463e6c8b5513d37f0440bc8db8bd6da244f2e78250e0ae7bb905850c0376ada3: is about "
         "another image; sign "
         "sha256:6d5acbbfd1ae1f35c434f85d5c2247f92e8765b561d92f5bf3bd1ca45d924dc0 with a key of "
         "kms"},
    };
}

void PrintTo(const evidence_way& way, std::ostream* to) { *to << way.name; }

std::vector<std::string> contents_of_other_images() {
    std::vector<std::string> out;
    for (const char* repository : {"team/cosign2-annotated", "team/cosign3-annotated"}) {
        const fixture_repository& held = fixture_repositories().at(repository);
        for (const auto& [digest, type] : held.manifests) {
            out.push_back(fixture_content(digest));
        }
        for (const std::string& digest : held.blobs) {
            out.push_back(fixture_content(digest));
        }
    }
    return out;
}

} // namespace gatehouse::testing_support
