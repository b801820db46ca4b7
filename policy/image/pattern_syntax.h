#pragma once
// The text of an image pattern taken apart and checked: everything that makes a pattern wrong, and
// what to write instead. What the parts mean when matching is pattern.cpp's affair; nobody else
// uses this.

#include "policy/result.h"

#include <string_view>

namespace gatehouse::policy {

inline constexpr std::string_view any_segments = "**";
inline constexpr std::string_view namespace_segment = "$(namespace)";

/// Views into the pattern's text, checked.
struct pattern_parts {
    std::string_view registry; ///< with wildcards; empty where the first segment is none
    std::string_view path; ///< its segments with slashes between; begins with `**` for any registry
    std::string_view tag;  ///< empty where there is none
};

/// Fails with errc::malformed and what to write instead.
[[nodiscard]] result<pattern_parts> split_pattern(std::string_view text);

} // namespace gatehouse::policy
