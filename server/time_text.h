#pragma once
// Moments as people and machines read them: RFC 3339, UTC, whole seconds. Pure.

#include "server/clock.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <ctime>
#include <string>

namespace gatehouse::server {

/// A moment that somebody wrote, between 1970 and 2261: what lies beyond that (certificates that never end are
/// dated 9999) counts as the nearest of these, since nanoseconds overflow in 2262.
[[nodiscard]] inline wall_time time_within_reach(std::time_t seconds) {
    constexpr std::chrono::sys_seconds last =
        std::chrono::sys_days{std::chrono::year{2262} / std::chrono::January / 1};
    constexpr std::time_t most = last.time_since_epoch().count() - 1;
    return std::chrono::system_clock::from_time_t(std::clamp<std::time_t>(seconds, 0, most));
}

/// "2026-08-01T12:00:00Z".
[[nodiscard]] inline std::string utc_text(wall_time when) {
    return fmt::format(
        "{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(when))
    );
}

} // namespace gatehouse::server
