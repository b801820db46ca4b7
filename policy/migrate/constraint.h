#pragma once
// A Gatekeeper constraint of the policy library's kinds as a value: what of it a policy can say, and
// the paths of what was written besides. Made from JSON, judged by from_gatekeeper.h. Pure.

#include "policy/document/document.h"
#include "policy/result.h"

#include <simdjson.h>

#include <optional>
#include <string>
#include <vector>

namespace gatehouse::policy {

/// One entry of match.kinds.
struct constraint_kinds {
    std::vector<std::string> api_groups;
    std::vector<std::string> kinds;
};

/// One entry of scopedEnforcementActions.
struct scoped_action {
    std::string action;
    std::vector<std::string> points; ///< names of enforcement points
};

/// runAsUser and the like: a rule over ids, as written.
struct constraint_ids {
    std::string rule;
    std::vector<id_range> ranges; ///< may be empty, reversed or out of bounds
};

struct gatekeeper_constraint {
    std::string kind;
    std::string name;
    std::string enforcement_action = "deny";
    std::vector<scoped_action> scoped_actions;

    std::optional<std::vector<constraint_kinds>> kinds; ///< absent = every kind
    std::vector<std::string> namespaces;
    std::vector<std::string> excluded_namespaces;
    std::string scope; ///< empty, "*", "Cluster" or "Namespaced"

    std::vector<std::string> repos;          ///< K8sAllowedRepos
    std::vector<std::string> allowed_images; ///< K8sAllowedReposv2
    std::vector<std::string> tags;           ///< K8sDisallowedTags
    std::vector<std::string> exempt_images;
    std::optional<constraint_ids> run_as_user; ///< K8sPSPAllowedUsers, likewise the next three
    std::optional<constraint_ids> run_as_group;
    std::optional<constraint_ids> fs_group;
    std::optional<constraint_ids> supplemental_groups;

    /// What was written and has no place here: "spec.match.labelSelector"; empty objects, lists and
    /// texts say nothing and do not count.
    std::vector<std::string> unread;
};

/// The constraint of that kind. Fails with errc::malformed and the field for a value of another type
/// than Gatekeeper's.
[[nodiscard]] result<gatekeeper_constraint> read_constraint(
    std::string kind,
    simdjson::dom::element root
);

} // namespace gatehouse::policy
