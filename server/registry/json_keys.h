#pragma once
// Container runtimes read manifests and configs with Go's encoding/json, which finds a field whatever the case of
// its key and takes the last of several. A document that could say one thing to us and another to them is
// refused. Pure.

#include "policy/result.h"

#include <simdjson.h>

#include <string>
#include <string_view>

namespace gatehouse::server {

/// The key as Go compares it: ASCII in lower case; U+017F is an s, and U+212A a k.
[[nodiscard]] std::string folded_key(std::string_view key);

/// Error: malformed, where an object of a manifest or index has two keys that Go takes for one. Annotations are
/// a map in Go, whose keys are what they are.
[[nodiscard]] policy::result<void> refuse_ambiguous_keys(simdjson::dom::element manifest);

} // namespace gatehouse::server
