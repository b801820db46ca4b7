#pragma once
// What the texts of a policy must look like, and what to say about one that does not.

#include "policy/document/schema.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// What is wrong with the text, in words that follow "FIELD: "; empty where nothing is. A glob that
/// can match nothing is wrong, and so is an exclusion that would let through what Kubernetes itself
/// creates (interface 2.1).
[[nodiscard]] std::string form_problem(text_form form, std::string_view text);

/// The same as far as a regular expression can say it (ECMA 262), for editors; may be empty.
[[nodiscard]] std::string_view form_expression(text_form form);

/// "2027-01-31" if there is such a day.
[[nodiscard]] std::optional<std::chrono::sys_days> day_named(std::string_view text);

/// What is wrong with a glob over names of this form; empty where nothing is. Requires: a form of
/// globs.
[[nodiscard]] std::string glob_problem(text_form form, std::string_view glob);

} // namespace gatehouse::policy
