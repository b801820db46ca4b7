#include "server/handlers/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gatehouse::server {
namespace {

/// Further lines of a detail are set in, so that every line at the margin is a check.
void append_detail(std::string& to, std::string_view detail) {
    for (const char c : detail) {
        to += c;
        if (c == '\n') {
            to += "    ";
        }
    }
}

void append_check(std::string& to, const health_check& one, bool is_verbose) {
    fmt::format_to(std::back_inserter(to), "[{}]{} ", one.is_ok ? '+' : '-', one.name);
    to += one.is_ok ? "ok" : "failed";
    if (is_verbose && !one.detail.empty()) {
        to += ": ";
        append_detail(to, one.detail);
    }
    to += '\n';
}

} // namespace

bool asks_verbose(std::string_view query) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view one = query.substr(0, end);
        if (one.substr(0, one.find('=')) == "verbose") {
            return true;
        }
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return false;
}

response health_answer(
    std::string_view path,
    std::span<const health_check> checks,
    bool is_verbose
) {
    const bool is_ok =
        std::all_of(checks.begin(), checks.end(), [](const health_check& c) { return c.is_ok; });
    response answer;
    answer.status = is_ok ? 200 : 503;
    if (is_ok && !is_verbose) {
        answer.body = "ok\n";
        return answer;
    }
    for (const health_check& one : checks) {
        append_check(answer.body, one, is_verbose);
    }
    fmt::format_to(
        std::back_inserter(answer.body),
        "{} check {}\n",
        path.substr(1),
        is_ok ? "passed" : "failed"
    );
    return answer;
}

handler health_handler(std::string_view path, std::function<std::vector<health_check>()> look) {
    return [path, look = std::move(look)](const request_view& request) -> reply {
        return health_answer(path, look(), asks_verbose(request.query));
    };
}

} // namespace gatehouse::server
