#pragma once
// Ranges of ids: membership and the words for them.

#include "policy/document/document.h"

#include <cstdint>
#include <span>
#include <string>

namespace gatehouse::policy {

/// Both borders belong to a range.
[[nodiscard]] bool in_ranges(std::int64_t id, std::span<const id_range> ranges) noexcept;

/// "10000-19999", "1 or 5-9"; from the fourth on "1, 2, 3 and 4 more".
[[nodiscard]] std::string ranges_text(std::span<const id_range> ranges);

} // namespace gatehouse::policy
