#pragma once
// Lists of image patterns and the two questions asked of them.

#include "policy/image/pattern.h"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

class image_patterns {
  public:
    image_patterns() = default;
    explicit image_patterns(std::vector<image_pattern> patterns) : patterns_(std::move(patterns)) {}

    /// The first pattern of the list that matches, or nullptr. Lives as long as the list.
    [[nodiscard]] const image_pattern* find(
        const reference& image,
        std::string_view request_namespace,
        pattern_use use
    ) const;

    [[nodiscard]] bool empty() const noexcept { return patterns_.empty(); }
    [[nodiscard]] const std::vector<image_pattern>& all() const noexcept { return patterns_; }
    /// "a/**, b/**"; from the fourth on "a, b, c and 2 more". For messages.
    [[nodiscard]] std::string summary() const;

  private:
    std::vector<image_pattern> patterns_;
};

} // namespace gatehouse::policy
