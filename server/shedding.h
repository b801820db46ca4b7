#pragma once
// The answer to a request that there is no room or no time for: 503 text/plain, with Retry-After only if
// the caller can still come again (interface 4: an API server repeats a POST only when told so).

#include "server/byte_budget.h"
#include "server/handler.h"

#include <string_view>

namespace gatehouse::server {

/// Makes the answer and counts it in `budget`.
[[nodiscard]] response shed(
    byte_budget& budget,
    std::string_view query,
    steady::time_point received,
    std::string_view why
);

} // namespace gatehouse::server
