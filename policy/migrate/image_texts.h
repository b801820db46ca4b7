#pragma once
// Gatekeeper compares the text of an image as it stands in the pod, from its first character on;
// our patterns compare parts of the canonical reference. These say what such a text is as patterns,
// and where that is not quite the same. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

struct image_texts {
    std::vector<std::string> patterns; ///< each parses as an image_pattern; none: cannot be said
    std::string note; ///< what is different, as words behind the text; may be empty
};

/// Images whose text begins so.
[[nodiscard]] image_texts images_beginning_with(std::string_view prefix);

/// Images whose text is this.
[[nodiscard]] image_texts images_that_are(std::string_view text);

} // namespace gatehouse::policy
