#pragma once
// A field table (schema.h) as a JSON Schema, draft 7: what editors complete and underline documents
// by. deploy/admissionpolicy.schema.json and serverconfiguration.schema.json are this text. It says what can be said of one
// field; what holds between fields, `gatehouse policy validate` says.

#include "policy/document/schema.h"

#include <string>
#include <string_view>

namespace gatehouse::policy {

/// Ends in a newline. Fields and words that are not supported yet are left out, so editors
/// underline them.
[[nodiscard]] std::string json_schema(const schema_value& document, std::string_view title);

} // namespace gatehouse::policy
