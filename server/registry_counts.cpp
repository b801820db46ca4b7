#include "server/registry_counts.h"

#include "server/exposition.h"

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

constexpr std::size_t success = 0;
constexpr std::size_t refused = 1;

constexpr std::size_t index_of(policy::failure_cause cause) {
    return 2 + static_cast<std::size_t>(cause);
}

} // namespace

registry_counts::registry_counts() : durations_(duration_bounds, 1e9) {}

void registry_counts::use(const std::vector<std::string>& hosts) {
    decltype(by_registry_) next;
    for (const std::string& host : hosts) {
        const auto known = by_registry_.find(host);
        next.emplace(host, known == by_registry_.end() ? by_result{} : known->second);
    }
    by_registry_ = std::move(next);
}

std::size_t registry_counts::result_of(const policy::fact<http_response>& what) {
    if (const auto* failure = std::get_if<policy::fetch_failure>(&what)) {
        return index_of(failure->cause);
    }
    const unsigned status = std::get<http_response>(what).status;
    if (status < 400) {
        return success;
    }
    switch (status) {
    case 401:
        return index_of(policy::failure_cause::unauthorized);
    case 403:
        return index_of(policy::failure_cause::forbidden);
    case 404:
        return index_of(policy::failure_cause::not_found);
    case 429:
        return index_of(policy::failure_cause::throttled);
    default:
        return status < 500 ? refused : index_of(policy::failure_cause::server_error);
    }
}

std::string_view registry_counts::label_of(std::size_t result) {
    if (result == success) {
        return "success";
    }
    return result == refused ? "refused"
                             : policy::name_of(static_cast<policy::failure_cause>(result - 2));
}

void registry_counts::count(
    std::string_view registry,
    const policy::fact<http_response>& what,
    std::chrono::nanoseconds took
) {
    const auto known = by_registry_.find(registry);
    ++(known == by_registry_.end() ? others_ : known->second)[result_of(what)];
    durations_.observe(static_cast<std::uint64_t>(std::max(took.count(), 0L)));
}

void registry_counts::write(exposition& to) const {
    const auto write_one = [&to](std::string_view name, const by_result& counts) {
        for (std::size_t i = 0; i < results; ++i) {
            if (counts[i] != 0) {
                to.sample({name, label_of(i)}, counts[i]);
            }
        }
    };
    to.begin(metric::registry_requests);
    for (const auto& [host, counts] : by_registry_) {
        write_one(host, counts);
    }
    write_one("other", others_);
    to.begin(metric::registry_request_duration);
    to.samples({}, durations_);
}

awaitable<policy::fact<http_response>> counted_exchange::send(
    http_request request,
    tick_time deadline
) {
    const std::string registry = request.registry;
    const tick_time begun = time_.ticks();
    auto answer = co_await over_.send(std::move(request), deadline);
    counts_.count(registry, answer, time_.ticks() - begun);
    co_return answer;
}

} // namespace gatehouse::server
