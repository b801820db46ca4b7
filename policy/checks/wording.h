#pragma once
// Words that several checks share: values taken from a pod, made fit for a message, and lists of
// what is allowed, taken from the tables that decide. For messages only; nothing here decides
// anything.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// A value from a pod: as it is where it reads as an identifier, else quoted; cut to be part of a
/// line.
[[nodiscard]] std::string shown(std::string_view value);

/// Several values as one text, and whether the words around it are plural.
struct listing {
    std::string text; ///< "a, b, c": sorted, each once; the first few of them
    bool several = false;
};
[[nodiscard]] listing listed(std::vector<std::string_view> values);
[[nodiscard]] listing listed(std::vector<std::int64_t> values);

/// "a, b or c". Requires: texts of ours, at least one.
[[nodiscard]] std::string one_of(std::span<const std::string_view> allowed);

} // namespace gatehouse::policy
