#pragma once
// How the field table is written: values of each type, with the limits of interface 2 that many
// fields share. For schema.cpp and the sections beside it only.

#include "policy/document/schema.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

inline constexpr std::size_t most_word_characters = 63;
inline constexpr std::size_t most_path_characters = 4096;

/// Accepted, never looked at.
[[nodiscard]] schema_value ignored_value();
[[nodiscard]] schema_value text_value(text_form form, std::size_t most_characters);
[[nodiscard]] schema_value word_value(std::vector<schema_word> words);
[[nodiscard]] schema_value boolean_value();
/// A user's or group's id.
[[nodiscard]] schema_value id_value();
[[nodiscard]] schema_value integer_value(std::int64_t minimum, std::int64_t maximum);
[[nodiscard]] schema_value size_value(std::int64_t minimum, std::int64_t maximum);
[[nodiscard]] schema_value duration_value(std::chrono::seconds maximum);
[[nodiscard]] schema_value list_value(schema_value item, std::size_t least, std::size_t most);
[[nodiscard]] schema_value map_value(schema_value item, std::size_t most);
[[nodiscard]] schema_value object_value(std::vector<schema_field> fields);

/// What every document begins with.
[[nodiscard]] schema_field api_version_field();
[[nodiscard]] schema_field kind_field(std::string_view kind);

/// Globs or patterns that narrow or permit: the list must say something.
[[nodiscard]] schema_value include_list(text_form form);
/// Globs or patterns that exclude or deny: the list may be empty.
[[nodiscard]] schema_value exclude_list(text_form form);

[[nodiscard]] schema_value validation_actions_value();
/// The actions that a section may have of its own.
[[nodiscard]] schema_field section_actions_field();

/// The sections of `spec`.
[[nodiscard]] schema_value match_schema();
[[nodiscard]] schema_value pod_security_schema();
[[nodiscard]] schema_value run_as_schema();
[[nodiscard]] schema_value images_schema();
[[nodiscard]] schema_value signatures_schema();
[[nodiscard]] schema_value exemptions_schema();

} // namespace gatehouse::policy
