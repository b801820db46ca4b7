#pragma once
// The Secret that is the source of truth of Gatehouse's own certificates, as a value: what its fields and
// annotations hold, and the Secret again with other contents. Pure.

#include "policy/result.h"
#include "server/registry/secret.h"

#include <nlohmann/json.hpp>

#include <string>

namespace gatehouse::server {

struct secret_contents {
    std::string leaf; ///< tls.crt: what is served
    secret leaf_key;  ///< tls.key
    std::string
        bundle; ///< ca.crt: what callers trust; during a rotation the old and the new authority
    secret authority_key; ///< ca.key: of the last authority in the bundle
    // Annotations, for people and for whoever leads next.
    std::string phase;  ///< gatehouse.dev/phase
    std::string since;  ///< gatehouse.dev/phase-since
    std::string rotate; ///< gatehouse.dev/rotate: what somebody asks for

    /// As a chart makes it. Annotations do not count.
    [[nodiscard]] bool is_empty() const noexcept {
        return leaf.empty() && leaf_key.empty() && bundle.empty() && authority_key.empty();
    }
};

/// Error: malformed, with the field that is not base64.
[[nodiscard]] policy::result<secret_contents> contents_of(const nlohmann::json& object);

/// `object` with these contents; whatever else it has stays.
[[nodiscard]] nlohmann::json with_contents(nlohmann::json object, const secret_contents& contents);

inline constexpr const char* phase_annotation = "gatehouse.dev/phase";
inline constexpr const char* since_annotation = "gatehouse.dev/phase-since";
inline constexpr const char* rotate_annotation = "gatehouse.dev/rotate";

} // namespace gatehouse::server
