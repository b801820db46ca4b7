#pragma once
// What one run of load measured: answers, their latencies, and the CPU time that server and client
// used between the same two moments.

#include "tests/bench/histogram.h"
#include "tests/bench/pacing.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace gatehouse::bench {

class measurement {
  public:
    /// `server` is the process whose CPU time counts; 0 for none.
    explicit measurement(pid_t server) : server_(server) {}

    /// Everything from here on counts.
    void begin();
    void end();

    [[nodiscard]] bool is_running() const noexcept { return running_; }

    void answered(std::chrono::nanoseconds latency) noexcept {
        if (running_) {
            latencies_.record(latency);
        }
    }

    /// One JSON object. Requires: begin and end were called.
    [[nodiscard]] std::string json() const;

  private:
    pid_t server_;
    bool running_ = false;
    steady::time_point began_;
    std::chrono::nanoseconds elapsed_{0};
    std::chrono::nanoseconds server_cpu_{0};
    std::chrono::nanoseconds client_cpu_{0};
    histogram latencies_;
};

} // namespace gatehouse::bench
