#pragma once
// A policy document as YAML, the inverse of parse.h: what is printed parses to the same document.
// For `gatehouse policy from-psa` and `from-gatekeeper`. What has a default is printed only where it
// differs, but for validationActions and workloads, which people look for. Pure.

#include "policy/document/document.h"

#include <string>

namespace gatehouse::policy {

/// Ends with a newline; no `---`.
[[nodiscard]] std::string text_of(const policy_document& document);

} // namespace gatehouse::policy
