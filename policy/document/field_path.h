#pragma once
// Names of fields in messages: "spec.images.allow[2]".

#include "policy/document/excerpt.h"
#include "policy/text.h"

#include <string>
#include <string_view>

namespace gatehouse::policy {

[[nodiscard]] inline std::string below(std::string_view path, std::string_view field) {
    std::string out(path);
    if (!out.empty()) {
        out += '.';
    }
    const std::string secret = secret_word(field);
    return out + (secret.empty() ? plain_or_quoted(field, 64) : "<" + secret + ">");
}

[[nodiscard]] inline std::string item_of(std::string_view path, std::size_t index) {
    return std::string(path) + '[' + std::to_string(index) + ']';
}

} // namespace gatehouse::policy
