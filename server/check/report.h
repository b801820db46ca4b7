#pragma once
// What `gatehouse check` found, as values that own their text: objects judged, errors, kinds skipped.
// Made by judge_object.h and commands/check.cpp, printed by render.h. Plain values.

#include "policy/rule.h"
#include "policy/verdict.h"
#include "server/identities.h"
#include "server/manifest.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

struct checked_violation {
    std::vector<std::string> policies;
    policy::rule_id rule = policy::rule_id::image_reference;
    policy::action action = policy::action::deny;
    std::string container; ///< name; empty for what is about the pod or a volume
    std::string field;     ///< full path from the object's root
    std::string message;   ///< printable, without policy names
    std::string suffix;    ///< ` [policy/rule]`
};

struct checked_object {
    std::string source;
    manifest_place place;
    std::string kind, namespace_name, name; ///< as they came
    bool allowed = false;
    std::string_view note; ///< a literal: why nothing was asked of it; empty where policies judged
    std::vector<checked_violation> violations;
    std::vector<std::string> warnings;         ///< as the webhook would send them
    std::vector<std::string> further_warnings; ///< those of them that are no violation
    std::vector<std::string> not_checked;      ///< rules that would have needed a registry
    std::vector<shown_identity> identities; ///< whom its containers run as; none without a registry
};

struct check_error {
    std::string source;
    std::optional<manifest_place> place; ///< absent where the source itself could not be read
    std::optional<policy::position> at;
    std::string message;
};

struct check_report {
    std::vector<checked_object> results;
    std::vector<check_error> errors;
    std::vector<std::string> skipped; ///< kind of each object without a pod
};

/// Of the process (interface 1): 2 beats 1. `strict` makes 2 of what was not checked.
[[nodiscard]] int status_of(const check_report& report, bool strict) noexcept;

} // namespace gatehouse::server
