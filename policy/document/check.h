#pragma once
// Holds a document against the field table: unknown and missing fields, keys given twice, wrong
// types, words and forms, lengths of lists, what is not built yet. What needs more than one field
// to judge is left to the decoders (decode.h).

#include "policy/document/diagnostics.h"
#include "policy/document/schema.h"
#include "policy/yaml/tree.h"

#include <cstdint>
#include <optional>
#include <string>

namespace gatehouse::policy {

/// Reports everything that is wrong with the document, each at its place.
void check_document(const yaml_node& root, const schema_value& schema, diagnostics& to);

/// What is wrong with a value by itself (of an object or a list only its type), in words that follow
/// "FIELD: "; empty where nothing is. The decoders read only values of which this says nothing.
[[nodiscard]] std::string value_problem(const yaml_node& node, const schema_value& wanted);

/// The number of a plain scalar of decimal digits; nothing for every other spelling.
[[nodiscard]] std::optional<std::int64_t> integer_of(const yaml_node& node);

} // namespace gatehouse::policy
