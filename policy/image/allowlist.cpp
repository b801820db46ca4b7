#include "policy/image/allowlist.h"

#include "policy/text.h"

#include <algorithm>

namespace gatehouse::policy {

const image_pattern* image_patterns::find(
    const reference& image,
    std::string_view request_namespace,
    pattern_use use
) const {
    const auto found = std::ranges::find_if(patterns_, [&](const image_pattern& pattern) {
        return pattern.matches(image, request_namespace, use);
    });
    return found == patterns_.end() ? nullptr : &*found;
}

std::string image_patterns::summary() const {
    std::vector<std::string> texts;
    texts.reserve(patterns_.size());
    for (const image_pattern& pattern : patterns_) {
        texts.push_back(printable(pattern.text()));
    }
    return joined(texts, 3);
}

} // namespace gatehouse::policy
