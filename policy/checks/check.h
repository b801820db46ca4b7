#pragma once
// One check of the Pod Security Standards, as a value: which rule it is, from which level on it
// holds, and one pure function for each version in which it changes. Every file of this folder that
// is named after a check defines one; registry.h lists and runs them. Stateless; safe from any
// thread.

#include "policy/checks/level.h"
#include "policy/finding.h"
#include "policy/pod/pod.h"
#include "policy/pod/visit.h"
#include "policy/rule.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::policy {

/// Collects what checks find, in the order in which they find it. Holds no memory until something
/// is found, so that a pod that passes costs none.
class finding_collector {
  public:
    /// What is added from now on is a finding of `rule`.
    void of(rule_id rule) noexcept { rule_ = rule; }

    /// A value that must not be there. `field` is a path below `where`; empty for all of it.
    void forbid(const element& where, std::string_view field, std::string text);
    /// A value that is missing, or that is not the only one allowed.
    void require(const element& where, std::string_view field, std::string text);
    /// An annotation of the pod that says something forbidden about `where`.
    void forbid_annotation(const element& where, std::string_view key, std::string text);

    [[nodiscard]] std::vector<finding> take() && noexcept { return std::move(found_); }

  private:
    rule_id rule_ = rule_id::app_armor_profile;
    std::vector<finding> found_;
};

/// A body of a check: holds from the minor version `since` up to that of the next body.
struct check_version {
    std::uint32_t since = 0;
    /// Adds a finding for every offender; adds nothing where the pod passes.
    void (*judge)(const pod& subject, finding_collector& found) = nullptr;
    /// The weaker check that is not run where this body is.
    std::optional<rule_id> overrides;
};

struct check {
    rule_id rule = rule_id::app_armor_profile;
    security_level level = security_level::restricted;
    std::span<const check_version> versions; ///< ascending, never empty

    /// The body in force at v1.`minor`; null where the check did not exist yet.
    [[nodiscard]] const check_version* at(std::uint32_t minor) const noexcept;
};

} // namespace gatehouse::policy
