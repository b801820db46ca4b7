#pragma once
// Exemptions: dated holes in a policy (interface 2.8). Each acts in its own policy only.

#include "policy/document/document.h"
#include "policy/rules/rules.h"
#include "policy/verdict.h"

#include <chrono>
#include <string>
#include <vector>

namespace gatehouse::policy {

/// From how long before its last day on each use of an exemption warns.
inline constexpr std::chrono::days expiry_notice{14};

/// The first exemption of the policy that lifts this finding today, or nullptr. One with `images`
/// lifts findings of containers and image volumes with such an image only.
[[nodiscard]] const exemption* exemption_for(
    const policy_document& policy,
    const finding& found,
    const rule_subject& subject,
    std::chrono::sys_days today
);

/// The warning of a use close to the exemption's end, or an empty string.
[[nodiscard]] std::string expiry_warning(
    const policy_document& policy,
    const exemption& used,
    std::chrono::sys_days today
);

} // namespace gatehouse::policy
