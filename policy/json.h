#pragma once
// The door through which JSON from a registry comes in (payloads, bundles, manifests). Stricter than the
// library behind it, since two readers of one text must not see two things: one value, valid UTF-8, no
// byte order mark, no NUL, no key twice in an object, 100 levels, 250,000 values. Never throws, pure,
// safe on any thread. Not for reviews: those go through simdjson.

#include "policy/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace gatehouse::policy {

/// Error: malformed, with words that go behind "the payload ": "is not JSON (byte 17)". They hold
/// nothing of the text but a key that stands twice.
[[nodiscard]] result<nlohmann::json> parse_json(std::string_view text);

/// A member of an object; null where it is absent, where it is JSON's null and where `value` is not
/// an object. It lives as long as `value`.
[[nodiscard]] const nlohmann::json* member_of(const nlohmann::json& value, std::string_view name);

/// A member's text; null where member_of() is null and where it is not a string.
[[nodiscard]] const std::string* text_member(const nlohmann::json& value, std::string_view name);

} // namespace gatehouse::policy
