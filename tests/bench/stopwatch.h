#pragma once
// Times a function in this process: the median of several batches, each long enough for the clock.

#include "tests/bench/heap_counter.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace gatehouse::bench {

struct cost {
    double nanoseconds = 0;
    double allocations = 0;
};

/// What one call of `work` costs. `work` must leave a trace that the compiler cannot drop.
template <class Work>
[[nodiscard]] cost cost_of(std::chrono::milliseconds batch, Work&& work) {
    using steady = std::chrono::steady_clock;
    std::uint64_t calls = 0;
    const auto start = steady::now();
    while (steady::now() - start < batch) { // also warms caches
        work();
        ++calls;
    }
    std::array<double, 5> batches{};
    const std::uint64_t before = allocations();
    for (double& one : batches) {
        const auto began = steady::now();
        for (std::uint64_t i = 0; i < calls; ++i) {
            work();
        }
        const std::chrono::duration<double, std::nano> took = steady::now() - began;
        one = took.count() / static_cast<double>(calls);
    }
    const auto allocated = static_cast<double>(allocations() - before);
    std::sort(batches.begin(), batches.end());
    return {
        .nanoseconds = batches[batches.size() / 2],
        .allocations = allocated / static_cast<double>(calls * batches.size())};
}

} // namespace gatehouse::bench
