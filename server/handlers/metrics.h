#pragma once
// /metrics: the counters and what is true at this moment, as Prometheus text.

#include "server/handler.h"
#include "server/metrics.h"

#include <functional>

namespace gatehouse::server {

/// `counted` outlives the handler; `look` is asked at every request.
[[nodiscard]] handler metrics_handler(const metrics& counted, std::function<live_figures()> look);

} // namespace gatehouse::server
