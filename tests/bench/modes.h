#pragma once
// The ways in which the load generator loads a server; each is one file, runs to its end within a
// bounded time and returns one JSON object. All throw std::runtime_error at the first wrong answer.

#include "tests/bench/connection.h"
#include "tests/bench/request_text.h"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::bench {

struct load_options {
    std::uint16_t port = 0;
    std::string body;
    expectation expect = expectation::review;
    std::size_t connections = 16;
    std::chrono::milliseconds warm_up{300};
    std::chrono::milliseconds duration{3000};
    double per_second = 1000;
    pid_t server = 0; ///< whose CPU time to tell; 0: nobody's
};

/// Throws unless `what` is HTTP 200 and the expected answer.
void require_answer(
    const connection::answer& what,
    const request_text& request,
    expectation expect
);

/// Every connection sends its next request as soon as it has its answer.
[[nodiscard]] std::string closed_loop(const load_options& options);

/// Requests are due at a given rate, whatever the answers do; latency counts from when one was due.
[[nodiscard]] std::string open_loop(const load_options& options);

/// Like closed_loop, but every request has a TLS connection of its own.
[[nodiscard]] std::string connection_per_request(const load_options& options);

/// Opens the connections, asks once on each, prints "holding" and keeps them until standard input
/// ends or `duration` is over.
[[nodiscard]] std::string hold_idle(const load_options& options);

/// One request on each connection at the same moment, for bodies so long that refusing one with 503
/// is an answer too. At least one must be answered well.
[[nodiscard]] std::string burst(const load_options& options);

/// Starts `command` on CPU `core` again and again, asks until the answer is right, and stops it.
[[nodiscard]] std::string first_answer(
    const load_options& options,
    const std::vector<std::string>& command,
    std::size_t core,
    std::size_t times
);

} // namespace gatehouse::bench
