#pragma once
// Where signatures of a digest lie in its repository and what their media types are (cosign's signature
// specification; Sigstore bundles as OCI 1.1 referrers). The words of collect.h, which alone uses them. Pure.

#include "policy/image/digest.h"
#include "policy/signature/candidate.h"

#include <array>
#include <string>
#include <string_view>

namespace gatehouse::server {

inline constexpr std::size_t most_candidates = 100;

inline constexpr std::string_view bundle_prefix = "application/vnd.dev.sigstore.bundle";
inline constexpr std::string_view simple_signing_layer =
    "application/vnd.dev.cosign.simplesigning.v1+json";
inline constexpr std::string_view simple_signing_artifact =
    "application/vnd.dev.cosign.artifact.sig.v1+json";
/// What cosign 3.0 and 3.1 write into fallback indexes for want of the right type.
inline constexpr std::string_view empty_type = "application/vnd.oci.empty.v1+json";

/// The type that referrers are asked for first.
inline constexpr std::string_view common_filter = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// Asked for only where the registry filters.
inline constexpr std::array<std::string_view, 3> other_filters{
    simple_signing_artifact,
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2"};

[[nodiscard]] inline bool is_signature_type(std::string_view type) {
    return type.starts_with(bundle_prefix) || type == simple_signing_artifact;
}

/// `<algorithm>-<hex>`, at most 64 digits of it: the index of referrers where the registry keeps none.
[[nodiscard]] std::string fallback_tag(const policy::digest& image);
/// The referrers of one type, below the repository.
[[nodiscard]] std::string referrers_target(const policy::digest& image, std::string_view type);

/// A candidate without content, in the bundle's format.
[[nodiscard]] policy::signature_candidate from_referrers(std::string where);

} // namespace gatehouse::server
