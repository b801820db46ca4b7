#include "tests/bench/child.h"
#include "tests/bench/connection_pool.h"
#include "tests/bench/modes.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <stdexcept>
#include <thread>

namespace gatehouse::bench {

namespace {

constexpr std::chrono::seconds most_wait{10};
/// Much shorter than any start, long enough to leave the server its core.
constexpr std::chrono::microseconds pause_between_tries{200};

/// One connection and one request; false if it could not be had yet.
bool try_once(const load_options& options, const request_text& request) {
    connection_pool pool(options.port, 1);
    pool.open(0);
    const auto give_up = steady::now() + most_wait;
    bool answered = false;
    while (!answered) {
        pool.poll(std::chrono::milliseconds{100}, [&](std::size_t, bool done) { answered = done; });
        if (pool[0].now() == connection::state::failed || steady::now() > give_up) {
            return false;
        }
        if (pool[0].now() == connection::state::idle && !answered) {
            pool[0].send(request.bytes());
        }
    }
    require_answer(pool[0].last(), request, options.expect);
    return true;
}

} // namespace

std::string first_answer(
    const load_options& options,
    const std::vector<std::string>& command,
    std::size_t core,
    std::size_t times
) {
    const request_text request(options.body);
    std::vector<double> milliseconds;
    for (std::size_t i = 0; i < times; ++i) {
        const auto start = steady::now();
        const child server(command, core);
        while (!try_once(options, request)) {
            if (!server.is_running() || steady::now() - start > most_wait) {
                throw std::runtime_error("the server did not start");
            }
            std::this_thread::sleep_for(pause_between_tries);
        }
        const std::chrono::duration<double, std::milli> took = steady::now() - start;
        milliseconds.push_back(took.count());
    }
    return fmt::format(R"({{"milliseconds": [{:.3f}]}})", fmt::join(milliseconds, ", "));
}

} // namespace gatehouse::bench
