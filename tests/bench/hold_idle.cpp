#include "tests/bench/connection_pool.h"
#include "tests/bench/modes.h"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace gatehouse::bench {

namespace {

/// True once standard input is at its end; waits up to `limit` for that.
bool input_ended(std::chrono::milliseconds limit) {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (::poll(&input, 1, static_cast<int>(limit.count())) <= 0) {
        return false;
    }
    char ignored = 0;
    return ::read(STDIN_FILENO, &ignored, 1) <= 0;
}

void require_alive(connection_pool& pool) {
    pool.poll(std::chrono::milliseconds{0}, [&](std::size_t slot, bool) {
        char ignored = 0;
        if (::recv(pool[slot].descriptor(), &ignored, 1, MSG_PEEK | MSG_DONTWAIT) == 0) {
            throw std::runtime_error("the server closed an idle connection");
        }
    });
}

} // namespace

std::string hold_idle(const load_options& options) {
    connection_pool pool(options.port, options.connections);
    request_text request(options.body);
    pool.establish(std::chrono::seconds{30});
    for (std::size_t slot = 0; slot < pool.size(); ++slot) {
        request.stamp(slot);
        pool[slot].send(request.bytes());
        const auto give_up = steady::now() + std::chrono::seconds{10};
        for (bool done = false; !done;) {
            pool.poll(std::chrono::milliseconds{100}, [&](std::size_t ready, bool answered) {
                done = done || (ready == slot && answered);
            });
            if (steady::now() > give_up || pool[slot].now() == connection::state::failed) {
                throw std::runtime_error("no answer: " + pool[slot].failure());
            }
        }
        require_answer(pool[slot].last(), request, options.expect);
    }
    std::puts("holding");
    std::fflush(stdout);
    const auto end = steady::now() + options.duration;
    while (steady::now() < end && !input_ended(std::chrono::milliseconds{100})) {
        require_alive(pool);
    }
    return fmt::format(R"({{"held": {}}})", pool.size());
}

} // namespace gatehouse::bench
