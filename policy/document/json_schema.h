#pragma once
// The field table (schema.h) as a JSON Schema, draft 7: what editors complete and underline
// policies by. deploy/admissionpolicy.schema.json is this text. It says what can be said of one
// field; what holds between fields, `gatehouse policy validate` says.

#include <string>

namespace gatehouse::policy {

/// Ends in a newline. Fields and words that are not supported yet are left out, so editors
/// underline them.
[[nodiscard]] std::string json_schema();

} // namespace gatehouse::policy
