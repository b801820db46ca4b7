#pragma once
// Runs one coroutine to its end on a loop of the caller's thread: for commands, which ask something and end.

#include "server/net.h"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace gatehouse::server {

/// Needs no default of `Value`, as co_spawn() would.
template <class Value>
awaitable<void> keep_outcome(awaitable<Value> work, std::optional<Value>* out) {
    out->emplace(co_await std::move(work));
}

/// What `work` returns; what it throws is thrown here. Nothing else on the loop is waited for (kept
/// connections, timers); it may be used again.
template <class Value>
[[nodiscard]] Value run_to_end(loop& runs_on, awaitable<Value> work) {
    std::optional<Value> out;
    std::exception_ptr fault;
    const auto done = [&](std::exception_ptr failed) {
        fault = std::move(failed);
        runs_on.stop();
    };
    asio::co_spawn(runs_on, keep_outcome(std::move(work), &out), done);
    runs_on.restart();
    runs_on.run();
    if (fault) {
        std::rethrow_exception(fault);
    }
    return std::move(*out);
}

} // namespace gatehouse::server
