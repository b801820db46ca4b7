#pragma once
// When a request that a registry was too busy for is sent again: behind the time that the registry names,
// else soon, then less and less soon. Pure; the dialogue (dialogue.h) keeps the count.

#include "server/http_message.h"

#include <chrono>
#include <cstddef>
#include <optional>

namespace gatehouse::server {

/// How often one request waits.
inline constexpr unsigned most_waits = 4;
/// How many answers in a row may say "too many" before a conversation stops adding to them.
inline constexpr std::size_t most_waits_in_a_row = 16;

/// Nothing for an answer that waiting does not help: only 429 asks for it by itself (RFC 6585, 4), 503 by
/// Retry-After, and not where that names more than a minute. `waits` were made for this request before;
/// `number` is the request's own and sets those apart that were refused together.
[[nodiscard]] std::optional<std::chrono::milliseconds> pause_before_retry(
    const http_response& answer,
    unsigned waits,
    std::size_t number
);

} // namespace gatehouse::server
