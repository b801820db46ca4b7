#pragma once
// From byte offsets to lines and columns, as editors count them: both from 1, columns in
// characters. Made once for a text; looking up costs a binary search and a block of text, however
// long the line is (a megabyte of JSON often is one line).

#include "policy/yaml/tree.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

class line_index {
  public:
    /// The text must outlive the index.
    explicit line_index(std::string_view text);

    /// An offset beyond the end is the end.
    [[nodiscard]] position at(std::size_t offset) const;

  private:
    [[nodiscard]] std::size_t line_of(std::size_t offset) const;

    /// Characters in the text before the offset.
    [[nodiscard]] std::size_t characters_before(std::size_t offset) const;

    std::string_view text_;
    std::vector<std::size_t> begins_; ///< of each line
    std::vector<std::size_t> blocks_; ///< characters before each block
};

} // namespace gatehouse::policy
