#pragma once
// What the client reads of manifests and indexes (OCI image specification 1.1, "manifest.md", "image-index.md",
// "descriptor.md"). Everything in them is a hint where to look, never evidence. Pure.

#include "policy/image/digest.h"
#include "policy/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

inline constexpr std::size_t longest_manifest = std::size_t{8} << 20;

inline constexpr std::string_view oci_index_type = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_manifest_type = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view docker_list_type =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_manifest_type =
    "application/vnd.docker.distribution.manifest.v2+json";

/// All of them, for Accept: without the index types some registries make a manifest up.
[[nodiscard]] const std::string& manifest_types();
[[nodiscard]] bool is_manifest_type(std::string_view type) noexcept;
/// Without parameters, in lower case.
[[nodiscard]] std::string media_type(std::string_view content_type);

/// Of an entry of an index ("image-index.md", `platform`).
struct platform_name {
    std::string os;
    std::string architecture;
    std::string variant;
};

struct descriptor {
    std::string media_type;
    std::string artifact_type;
    std::optional<policy::digest> digest; ///< nothing where it is malformed
    std::optional<std::uint64_t> size;
    std::string signature; ///< the annotation dev.cosignproject.cosign/signature
    std::optional<platform_name> platform;
};

struct oci_manifest {
    std::int64_t schema_version = 0;
    std::string media_type;
    std::string artifact_type;
    descriptor config;
    std::optional<policy::digest> subject;
    bool has_list = false;   ///< `manifests` is there: an index
    bool has_layers = false; ///< `layers` is there
    std::vector<descriptor> manifests;
    std::vector<descriptor> layers;
};

/// Error: malformed, what is no JSON object or has more than 100,000 entries.
[[nodiscard]] policy::result<oci_manifest> parse_manifest(std::string_view body);

/// Of what a runtime is going to run: the body has this digest, and says to a runtime what it says to us
/// (json_keys.h). Error: malformed, "has another digest".
[[nodiscard]] policy::result<oci_manifest> parse_runnable_manifest(
    std::string_view body,
    const policy::digest& expected
);

} // namespace gatehouse::server
