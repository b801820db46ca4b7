#pragma once
// Sizes and durations as a configuration writes them: Kubernetes quantities of bytes (plain digits, or
// with Ki, Mi, Gi behind them) and Go's durations of whole seconds ("60s", "1h30m"). Pure.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// Nothing for another spelling, and for what does not fit into 63 bits.
[[nodiscard]] std::optional<std::int64_t> bytes_named(std::string_view text);
[[nodiscard]] std::optional<std::chrono::seconds> duration_named(std::string_view text);

/// The shortest spelling: "64Mi", "90m".
[[nodiscard]] std::string size_text(std::int64_t bytes);
[[nodiscard]] std::string duration_text(std::chrono::seconds duration);

} // namespace gatehouse::policy
