#include "server/registry/oci_manifest.h"

#include "policy/text.h"
#include "server/registry/json_keys.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

constexpr std::size_t most_entries = 100'000;
constexpr std::array known_types{
    oci_index_type,
    oci_manifest_type,
    docker_list_type,
    docker_manifest_type};

std::string text_of(simdjson::dom::element from, std::string_view name) {
    std::string_view value;
    return from[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::optional<policy::digest> digest_of(simdjson::dom::element from) {
    auto parsed = policy::digest::parse(text_of(from, "digest"));
    if (!parsed) {
        return std::nullopt;
    }
    return std::move(parsed.value());
}

descriptor read_descriptor(simdjson::dom::element from) {
    descriptor made;
    made.media_type = text_of(from, "mediaType");
    made.artifact_type = text_of(from, "artifactType");
    made.digest = digest_of(from);
    std::uint64_t size = 0;
    if (from["size"].get(size) == simdjson::SUCCESS) {
        made.size = size;
    }
    simdjson::dom::element annotations;
    if (from["annotations"].get(annotations) == simdjson::SUCCESS) {
        made.signature = text_of(annotations, "dev.cosignproject.cosign/signature");
    }
    simdjson::dom::element platform;
    if (from["platform"].get(platform) == simdjson::SUCCESS && platform.is_object()) {
        made.platform = platform_name{
            text_of(platform, "os"),
            text_of(platform, "architecture"),
            text_of(platform, "variant")};
    }
    return made;
}

/// False where it is no list, or too long a one.
bool read_list(simdjson::dom::element from, std::vector<descriptor>& to) {
    simdjson::dom::array items;
    if (from.get(items) != simdjson::SUCCESS) {
        return false;
    }
    for (const simdjson::dom::element item : items) {
        if (to.size() == most_entries) {
            return false;
        }
        to.push_back(read_descriptor(item));
    }
    return true;
}

} // namespace

const std::string& manifest_types() {
    static const std::string all = fmt::format("{}", fmt::join(known_types, ", "));
    return all;
}

bool is_manifest_type(std::string_view type) noexcept {
    return std::ranges::count(known_types, type) != 0;
}

std::string media_type(std::string_view content_type) {
    content_type = content_type.substr(0, content_type.find(';'));
    while (content_type.ends_with(' ')) {
        content_type.remove_suffix(1);
    }
    return policy::lower(content_type);
}

policy::result<oci_manifest> parse_manifest(std::string_view body) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (body.size() > longest_manifest
        || parser.parse(simdjson::padded_string(body)).get(root) != simdjson::SUCCESS
        || !root.is_object()) {
        return error(errc::malformed, "is not a JSON object");
    }
    oci_manifest made;
    if (root["schemaVersion"].get(made.schema_version) != simdjson::SUCCESS) {
        made.schema_version = 0;
    }
    made.media_type = text_of(root, "mediaType");
    made.artifact_type = text_of(root, "artifactType");
    simdjson::dom::element part;
    if (root["config"].get(part) == simdjson::SUCCESS) {
        made.config = read_descriptor(part);
    }
    if (root["subject"].get(part) == simdjson::SUCCESS) {
        made.subject = digest_of(part);
    }
    const bool has_manifests = root["manifests"].get(part) == simdjson::SUCCESS;
    if (has_manifests && !part.is_null() && !read_list(part, made.manifests)) {
        return error(errc::malformed, "has manifests that are not a list of at most 100,000");
    }
    made.has_list = has_manifests;
    const bool has_layers = root["layers"].get(part) == simdjson::SUCCESS && !part.is_null();
    if (has_layers && !read_list(part, made.layers)) {
        return error(errc::malformed, "has layers that are not a list of at most 100,000");
    }
    made.has_layers = has_layers;
    return made;
}

policy::result<oci_manifest> parse_runnable_manifest(
    std::string_view body,
    const policy::digest& expected
) {
    if (!expected.is_of(body)) {
        return error(errc::malformed, "has another digest");
    }
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(simdjson::padded_string(body)).get(root) == simdjson::SUCCESS) {
        GATEHOUSE_TRY(refuse_ambiguous_keys(root));
    }
    return parse_manifest(body);
}

} // namespace gatehouse::server
