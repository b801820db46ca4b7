#include "tests/bench/measurement.h"

#include "tests/bench/process_cpu.h"

#include <fmt/core.h>
#include <unistd.h>

namespace gatehouse::bench {

namespace {

double micros(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1000.0; }

} // namespace

void measurement::begin() {
    // Subtracted here and added in end().
    server_cpu_ = server_ == 0 ? std::chrono::nanoseconds{0} : -process_cpu(server_);
    client_cpu_ = -process_cpu(::getpid());
    began_ = steady::now();
    running_ = true;
}

void measurement::end() {
    running_ = false;
    elapsed_ = steady::now() - began_;
    server_cpu_ += server_ == 0 ? std::chrono::nanoseconds{0} : process_cpu(server_);
    client_cpu_ += process_cpu(::getpid());
}

std::string measurement::json() const {
    const auto count = static_cast<double>(latencies_.count());
    const double elapsed = micros(elapsed_);
    return fmt::format(
        R"({{"requests": {}, "seconds": {:.3f}, "per_second": {:.1f}, "server_cpu_us": {:.3f}, )"
        R"("server_busy": {:.3f}, "client_busy": {:.3f}, "p50_us": {:.1f}, "p99_us": {:.1f}, )"
        R"("p999_us": {:.1f}, "max_us": {:.1f}}})",
        latencies_.count(),
        elapsed / 1e6,
        count / elapsed * 1e6,
        count == 0 ? 0.0 : micros(server_cpu_) / count,
        micros(server_cpu_) / elapsed,
        micros(client_cpu_) / elapsed,
        micros(latencies_.percentile(0.50)),
        micros(latencies_.percentile(0.99)),
        micros(latencies_.percentile(0.999)),
        micros(latencies_.max())
    );
}

} // namespace gatehouse::bench
