#pragma once
// Durations as Go writes them ("15s", "1m30s", "500ms", "1.5h", "0"): what an API server sends as
// `?timeout=` and what users write on the command line. Pure.
// Standard: time.ParseDuration of the Go library; a sign is not accepted.

#include <chrono>
#include <optional>
#include <string_view>

namespace gatehouse::server {

/// The duration, or nothing for text that is none or does not fit into 64 bits of nanoseconds.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

} // namespace gatehouse::server
