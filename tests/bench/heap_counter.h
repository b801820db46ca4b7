#pragma once
// Counts what a program takes from the heap through operator new, and fails where a test wants it to.
// Linking heap_counter.cpp replaces the global operators, so only programs that tell allocations do.

#include <cstdint>

namespace gatehouse::bench {

/// Allocations by this thread since it started.
[[nodiscard]] std::uint64_t allocations() noexcept;

/// While it lives, this thread's allocation number `which` (from 0) throws std::bad_alloc; those before and
/// behind it succeed. One at a time.
class failing_heap {
  public:
    explicit failing_heap(std::uint64_t which) noexcept;
    failing_heap(const failing_heap&) = delete;
    failing_heap& operator=(const failing_heap&) = delete;
    ~failing_heap();

    /// Whether the allocation was reached.
    [[nodiscard]] bool has_failed() const noexcept;
};

} // namespace gatehouse::bench
