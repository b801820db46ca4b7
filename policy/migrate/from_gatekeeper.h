#pragma once
// From a constraint of Gatekeeper's policy library to the policy that does the same, with a note for
// everything that does not carry over exactly: `gatehouse policy from-gatekeeper`. Knows
// K8sPSPAllowedUsers, K8sAllowedRepos, K8sAllowedReposv2, K8sDisallowedTags and K8sImageDigests.
// Gatekeeper's rules look at Pods alone, so the policies ignore pod templates. Pure.

#include "policy/document/document.h"
#include "policy/migrate/constraint.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

struct migration_note {
    bool is_error = false; ///< there is no policy then
    std::string field;     ///< "spec.parameters.repos[0]"
    std::string message;
};

struct migrated_constraint {
    std::optional<policy_document> policy; ///< absent with an error, or where nothing was judged
    std::vector<migration_note> notes;
};

/// True for the kinds above.
[[nodiscard]] bool is_known_constraint(std::string_view kind) noexcept;

/// The policy has the constraint's name. Requires: is_known_constraint(from.kind).
[[nodiscard]] migrated_constraint policy_from_constraint(const gatekeeper_constraint& from);

} // namespace gatehouse::policy
