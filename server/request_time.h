#pragma once
// How long a review may take, from the `timeout` that the API server puts into the query (interface
// 4). It is rounded up to whole seconds, so the real end is up to a second earlier. Pure.

#include <chrono>
#include <optional>
#include <string_view>

namespace gatehouse::server {

/// The first `timeout` of a query, percent-decoded. Nothing when absent, unreadable or not
/// positive.
[[nodiscard]] std::optional<std::chrono::nanoseconds> asked_timeout(std::string_view query);

/// From arrival to the answer: max(T - 1.2 s, T / 2), at most 25 s; 8 s without a T.
[[nodiscard]] std::chrono::nanoseconds review_budget(std::string_view query);

/// Whether a client that is sent away after `spent` has time enough to come again in a second.
[[nodiscard]] bool can_retry(std::string_view query, std::chrono::nanoseconds spent);

} // namespace gatehouse::server
