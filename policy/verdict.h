#pragma once
// The answer to a request: a value, never an error. How it becomes an AdmissionReview response is
// admission/respond.h's affair.

#include "policy/evidence.h"
#include "policy/finding.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

enum class action : std::uint8_t { deny, warn, audit };

/// "Deny", "Warn", "Audit".
[[nodiscard]] std::string_view name_of(action what) noexcept;

/// A finding with what follows from it. Several policies that found the same share one violation.
struct violation {
    policy::action action = action::deny;
    std::vector<std::string_view>
        policies; ///< names, in policy order; live as long as the policy set
    rule_id rule = rule_id::image_reference;
    cause_reason reason = cause_reason::forbidden;
    element where;       ///< its name lives in the request's arena
    std::string field;   ///< full path from the object's root
    std::string message; ///< `container "app" ...`, without object and policy names
};

/// An exemption that lifted findings.
struct exemption_use {
    std::string_view policy;
    std::string_view exemption;
    rule_id rule = rule_id::image_reference;
};

/// A denial that an outage of a listed registry turned into a warning (interface 2.6).
struct unverified_use {
    std::string_view policy;
    failure_cause cause = failure_cause::timeout;
    std::string image; ///< reference::text()
    bool operator==(const unverified_use&) const = default;
};

struct resolved_image {
    std::string image; ///< reference::text()
    std::string digest;
};

enum class decision : std::uint8_t {
    allow,
    deny,
    unmatched, ///< allowed because no policy matches
};

/// "allow", "deny", "unmatched".
[[nodiscard]] std::string_view name_of(decision what) noexcept;

struct verdict {
    policy::decision decision = decision::deny; ///< deny unless something says otherwise
    bool let_through = false;                   ///< allowed without asking any policy
    std::vector<std::string_view> policies;     ///< names of those that match
    std::vector<violation> violations;          ///< of every action, in message order
    std::vector<exemption_use> exemptions;
    std::vector<unverified_use> unverified;
    std::vector<resolved_image> images; ///< whose digest was looked up
    std::vector<rule_id> not_checked;   ///< would have needed a registry that was not to be asked
    /// Whole lines: exemptions that end soon, facts that are old.
    std::vector<std::string> further_warnings;

    [[nodiscard]] bool allowed() const noexcept { return decision != decision::deny; }
};

/// `Pod prod/web`, for the head of messages.
[[nodiscard]] std::string subject_text(
    std::string_view kind,
    std::string_view namespace_name,
    std::string_view name
);

/// ` [production/image-registry, base/image-registry]` with the leading space; long lists are cut.
[[nodiscard]] std::string policies_suffix(const violation& v);

/// status.message of a denial (interface 4.1): one line for one violation, else a head and a line
/// each, at most 880 bytes with "(and N more)". Considers violations of action Deny only.
[[nodiscard]] std::string denial_message(const verdict& v, std::string_view subject);

/// Warnings (interface 4.2): violations of action Warn and the further ones; one line each, at most
/// 256 bytes, at most 10, without duplicates.
[[nodiscard]] std::vector<std::string> warnings_of(const verdict& v, std::string_view subject);

} // namespace gatehouse::policy
