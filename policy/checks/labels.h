#pragma once
// The labels of a namespace as Pod Security Admission reads them (pod-security.kubernetes.io/enforce,
// audit, warn, each also with -version), with what it makes of labels that are wrong: an unreadable
// enforce is as strict as can be, an unreadable audit or warn says nothing. For `gatehouse check
// --namespace-labels` and `gatehouse policy from-psa`. Pure; safe from any thread.

#include "policy/checks/level.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

inline constexpr std::string_view pod_security_prefix = "pod-security.kubernetes.io/";

struct label {
    std::string key;
    std::string value;
};

/// A level at a version, as written: v1.99 stays v1.99.
struct pinned_level {
    security_level level = security_level::privileged;
    security_version version;
    bool operator==(const pinned_level&) const = default;
};

struct namespace_levels {
    pinned_level enforce;
    pinned_level audit;
    pinned_level warn;
    bool operator==(const namespace_levels&) const = default;
};

/// A label that is not what Pod Security Admission reads.
struct label_problem {
    std::string label;   ///< the whole key
    std::string message; ///< `"restrcted" is no level ...; ...`: what is wrong, what holds instead
    /// The API server refuses a namespace with such a label; false where it would ignore it.
    bool is_refused = true;
};

struct labels_read {
    namespace_levels levels;
    std::vector<label_problem> problems; ///< in order of modes, unknown labels last
};

/// Where a label is absent the cluster's default holds, which is privileged unless somebody
/// configured the API server otherwise. A namespace without a label for warn that enforces a level
/// warns at that level too.
[[nodiscard]] labels_read read_labels(std::span<const label> labels);

} // namespace gatehouse::policy
