#pragma once
// What a message shows of a value that a user wrote. What may be a secret that was pasted into the wrong
// place is never shown, only what it looks like: a key, with or without its armour, since it may be the
// private one, a docker config, a URL with a password.

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// What stands in messages for a text that may be secret: "a PEM block", "64 characters that may be a
/// key (not shown)"; empty for any other.
[[nodiscard]] std::string secret_word(std::string_view text);

/// In quotes and cut, or its secret_word().
[[nodiscard]] std::string excerpt_of(std::string_view text, std::size_t limit = 80);

} // namespace gatehouse::policy
