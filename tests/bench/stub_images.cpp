#include "tests/bench/stub_images.h"

#include "tests/support/signed_image.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>

namespace gatehouse::bench {
namespace {

using nlohmann::json;
using policy::digest;
using testing_support::signing_key;

constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* index_type = "application/vnd.oci.image.index.v1+json";
constexpr const char* bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
constexpr const char* payload_type = "application/vnd.dev.cosign.simplesigning.v1+json";
constexpr unsigned most_signatures = 64;

struct repository_name {
    bool has_bundles = false;
    unsigned signatures = 0;
    std::string_view number; ///< of the image
};

/// Takes `prefix` off; false where it is not there.
bool take(std::string_view& text, std::string_view prefix) {
    const bool is_there = text.starts_with(prefix);
    text.remove_prefix(is_there ? prefix.size() : 0);
    return is_there;
}

std::optional<repository_name> parse_name(std::string_view text) {
    repository_name made;
    made.has_bundles = take(text, "bundle/");
    if ((!made.has_bundles && !take(text, "tag/")) || !take(text, "s")) {
        return std::nullopt;
    }
    const auto read = std::from_chars(text.data(), text.data() + text.size(), made.signatures);
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    if (read.ec != std::errc() || made.signatures > most_signatures || !take(text, "/app-")) {
        return std::nullopt;
    }
    made.number = text;
    return made;
}

json descriptor_of(std::string_view type, std::string_view content) {
    return {{"mediaType", type}, {"digest", digest::of(content).text()}, {"size", content.size()}};
}

json manifest_with(json layers) {
    json config = descriptor_of("application/vnd.oci.empty.v1+json", "{}");
    return {
        {"schemaVersion", 2},
        {"mediaType", manifest_type},
        {"config", std::move(config)},
        {"layers", std::move(layers)}};
}

std::string image_text(std::string_view number) { return "image " + std::string(number); }

void put_blob(stub_repository& to, const std::string& content) {
    to["/blobs/" + digest::of(content).text()] = {"application/octet-stream", content};
}

/// What cosign 2 writes: one manifest under a tag, a layer for each signature.
void put_tagged(
    stub_repository& to,
    const repository_name& name,
    const signing_key& key,
    std::string_view repository
) {
    const digest image = stub_images::digest_of(name.number);
    json layers = json::array();
    for (unsigned i = 0; i < name.signatures; ++i) {
        json payload = testing_support::simple_signing_payload();
        payload["critical"]["identity"]["docker-reference"] = repository;
        payload["critical"]["image"]["docker-manifest-digest"] = image.text();
        payload["optional"] = {{"build", std::to_string(i)}};
        const std::string content = payload.dump();
        json layer = descriptor_of(payload_type, content);
        layer["annotations"]["dev.cosignproject.cosign/signature"] =
            testing_support::base64(key.sign(content));
        layers.push_back(std::move(layer));
        put_blob(to, content);
    }
    to[fmt::format("/manifests/sha256-{}.sig", image.hex())] = {
        manifest_type, manifest_with(std::move(layers)).dump()};
}

/// What cosign 3 writes: a manifest of its own for each signature, listed as a referrer.
void put_bundles(stub_repository& to, const repository_name& name, const signing_key& key) {
    const digest image = stub_images::digest_of(name.number);
    json listed = json::array();
    for (unsigned i = 0; i < name.signatures; ++i) {
        json statement = testing_support::signing_statement();
        statement["subject"][0]["digest"]["sha256"] = image.hex();
        statement["subject"][0]["annotations"] = {{"build", std::to_string(i)}};
        const std::string content = testing_support::envelope_bundle(key, statement.dump()).dump();
        put_blob(to, content);
        json manifest = manifest_with(json::array({descriptor_of(bundle_type, content)}));
        manifest["artifactType"] = bundle_type;
        manifest["subject"] = {{"mediaType", index_type}, {"digest", image.text()}, {"size", 1234}};
        const std::string text = manifest.dump();
        json entry = descriptor_of(manifest_type, text);
        entry["artifactType"] = bundle_type;
        to["/manifests/" + digest::of(text).text()] = {manifest_type, text};
        listed.push_back(std::move(entry));
    }
    const json index = {
        {"schemaVersion", 2}, {"mediaType", index_type}, {"manifests", std::move(listed)}};
    to["/referrers/" + image.text()] = {index_type, index.dump()};
}

} // namespace

digest stub_images::digest_of(std::string_view number) { return digest::of(image_text(number)); }

const stub_repository* stub_images::find(std::string_view repository) {
    const auto known = made_.find(std::string(repository));
    if (known != made_.end()) {
        return &known->second;
    }
    const auto name = parse_name(repository);
    if (!name) {
        return nullptr;
    }
    stub_repository made;
    if (name->has_bundles) {
        put_bundles(made, *name, key_);
    } else {
        put_tagged(made, *name, key_, repository);
    }
    // Asked for by HEAD only, which tells the digest.
    made["/manifests/1.0"] = {index_type, image_text(name->number)};
    return &made_.emplace(repository, std::move(made)).first->second;
}

} // namespace gatehouse::bench
