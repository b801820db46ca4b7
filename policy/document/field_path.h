#pragma once
// Names of fields in messages: "spec.images.allow[2]".

#include "policy/text.h"

#include <string>
#include <string_view>

namespace gatehouse::policy {

[[nodiscard]] inline std::string below(std::string_view path, std::string_view field) {
    std::string out(path);
    if (!out.empty()) {
        out += '.';
    }
    return out + plain_or_quoted(field, 64);
}

[[nodiscard]] inline std::string item_of(std::string_view path, std::size_t index) {
    return std::string(path) + '[' + std::to_string(index) + ']';
}

} // namespace gatehouse::policy
