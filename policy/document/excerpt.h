#pragma once
// What a message shows of a value that a user wrote. A key that was pasted into the wrong place is
// never shown: it may be the private one.

#include "policy/text.h"

#include <string>
#include <string_view>

namespace gatehouse::policy {

[[nodiscard]] inline std::string excerpt_of(std::string_view text) {
    constexpr std::size_t limit = 80;
    constexpr std::string_view armour = "-----BEGIN";
    return text.find(armour) == std::string_view::npos ? quoted(text, limit) : "a PEM block";
}

} // namespace gatehouse::policy
