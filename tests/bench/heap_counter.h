#pragma once
// Counts what a program takes from the heap through operator new. Linking heap_counter.cpp replaces the
// global operators, so only programs that tell allocations do.

#include <cstdint>

namespace gatehouse::bench {

/// Allocations by this thread since it started.
[[nodiscard]] std::uint64_t allocations() noexcept;

} // namespace gatehouse::bench
