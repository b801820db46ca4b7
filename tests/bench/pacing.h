#pragma once
// When requests are due in an open model: independent of how fast answers come, so that a slow
// answer delays no later request and no wait is left out of the figures. Gaps are exponential, as
// those of many independent clients, and the same for every run with the same seed.

#include <chrono>
#include <cstdint>
#include <random>

namespace gatehouse::bench {

using steady = std::chrono::steady_clock;

class pacing {
  public:
    pacing(steady::time_point start, double per_second, std::uint64_t seed)
        : next_(start), gap_(per_second), random_(seed) {}

    /// The time at which the next request is due, and steps on.
    [[nodiscard]] steady::time_point take() {
        const auto due = next_;
        next_ +=
            std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>(gap_(random_)
            ));
        return due;
    }

    [[nodiscard]] steady::time_point next() const noexcept { return next_; }

  private:
    steady::time_point next_;
    std::exponential_distribution<double> gap_;
    std::mt19937_64 random_;
};

} // namespace gatehouse::bench
