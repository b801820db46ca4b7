#pragma once
// "Did you mean": the known word that a misspelt one is closest to.

#include <span>
#include <string_view>

namespace gatehouse::policy {

/// The closest of the words, or an empty view where none is close: more than a third of the letters
/// differ. Case counts for nothing; two letters swapped are one difference.
[[nodiscard]] std::string_view nearest_word(
    std::string_view written,
    std::span<const std::string_view> words
);

} // namespace gatehouse::policy
