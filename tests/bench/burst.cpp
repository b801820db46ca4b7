#include "tests/bench/connection_pool.h"
#include "tests/bench/modes.h"

#include <fmt/core.h>

#include <stdexcept>

namespace gatehouse::bench {

namespace {

constexpr std::chrono::seconds most_time{60};

struct burst_counts {
    std::size_t answered = 0; ///< HTTP 200 and the expected answer
    std::size_t refused = 0;  ///< HTTP 503
    std::size_t closed = 0;   ///< closed while the body was on its way

    [[nodiscard]] std::size_t all() const noexcept { return answered + refused + closed; }
};

} // namespace

std::string burst(const load_options& options) {
    connection_pool pool(options.port, options.connections);
    const request_text request(options.body);
    std::vector<bool> done(options.connections);
    burst_counts counts;
    const auto look_at = [&](std::size_t slot, bool answered) {
        if (done[slot] || (!answered && pool[slot].now() != connection::state::failed)) {
            return;
        }
        done[slot] = true;
        if (!answered) {
            ++counts.closed;
        } else if (pool[slot].last().status == 503) {
            ++counts.refused;
        } else {
            require_answer(pool[slot].last(), request, options.expect);
            ++counts.answered;
        }
    };

    pool.establish(std::chrono::seconds{10});
    for (std::size_t slot = 0; slot < pool.size(); ++slot) {
        pool[slot].send(request.bytes());
    }
    const auto give_up = steady::now() + most_time;
    while (counts.all() < pool.size()) {
        pool.poll(std::chrono::milliseconds{100}, look_at);
        if (steady::now() > give_up) {
            throw std::runtime_error("no answer to every request of the burst in time");
        }
    }
    if (counts.answered == 0) {
        throw std::runtime_error("no request of the burst was answered");
    }
    return fmt::format(
        R"({{"answered": {}, "refused": {}, "closed": {}}})",
        counts.answered,
        counts.refused,
        counts.closed
    );
}

} // namespace gatehouse::bench
