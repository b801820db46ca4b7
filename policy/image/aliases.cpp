#include "policy/image/aliases.h"

#include <utility>

namespace gatehouse::policy {

result<reference> registry_aliases::fold(reference image) const {
    const auto found = hosts_.find(image.registry());
    if (found == hosts_.end()) {
        return image;
    }
    // Parsed anew: on docker.io a name without a user gets its `library/`.
    const std::string_view rest = std::string_view(image.text()).substr(image.registry().size());
    return reference::parse(found->second + std::string(rest));
}

image_pattern registry_aliases::fold(image_pattern pattern) const {
    const auto found = hosts_.find(pattern.literal_registry());
    if (found != hosts_.end()) {
        pattern.move_to(found->second);
    }
    return pattern;
}

} // namespace gatehouse::policy
