#pragma once
// Moments as people and machines read them: RFC 3339, UTC, whole seconds. Pure.

#include "server/clock.h"

#include <fmt/chrono.h>

#include <string>

namespace gatehouse::server {

/// "2026-08-01T12:00:00Z".
[[nodiscard]] inline std::string utc_text(wall_time when) {
    return fmt::format(
        "{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(when))
    );
}

} // namespace gatehouse::server
