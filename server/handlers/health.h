#pragma once
// /livez and /readyz for kubelets and people. The words are Kubernetes' own: `ok`, or with ?verbose a
// line a check, `[+]` for what is well and `[-]` for what keeps the server from being ready. Pure; what
// is checked comes as values from app.cpp.

#include "server/handler.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

struct health_check {
    std::string_view name; ///< literal
    bool is_ok = false;
    std::string detail; ///< why, or what was found; lines; may be empty
};

/// 200 where every check is ok, else 503.
[[nodiscard]] response health_answer(
    std::string_view path,
    std::span<const health_check> checks,
    bool is_verbose
);

/// True when the query asks for `verbose`.
[[nodiscard]] bool asks_verbose(std::string_view query);

/// The handler of one path; `look` is asked at every request.
[[nodiscard]] handler health_handler(
    std::string_view path,
    std::function<std::vector<health_check>()> look
);

} // namespace gatehouse::server
