#pragma once
// One thing that a rule found wrong with a pod, before anybody has decided what follows from it.

#include "policy/pod/visit.h"
#include "policy/rule.h"

#include <cstdint>
#include <string>

namespace gatehouse::policy {

/// The `reason` of a status cause (apimachinery, metav1.CauseType).
enum class cause_reason : std::uint8_t { forbidden, required, invalid };

/// "FieldValueForbidden", "FieldValueRequired", "FieldValueInvalid".
[[nodiscard]] std::string_view name_of(cause_reason reason) noexcept;

struct finding {
    rule_id rule = rule_id::image_reference;
    cause_reason reason = cause_reason::forbidden;
    element where;
    /// Full path from the pod's root, "spec.containers[0].image"; the object's own prefix comes
    /// later.
    std::string field;
    /// What was found, what is required, the next step: one printable line that follows the words
    /// `container "app"`; without policy names.
    std::string text;
};

} // namespace gatehouse::policy
