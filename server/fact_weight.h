#pragma once
// What entries of the fact cache take of memory, as the allocator of this system gives it out. Estimates, which a
// test holds to what is really taken.

#include "server/fact_entry.h"

#include <cstddef>
#include <string>

namespace gatehouse::server {

/// What the allocator adds to a block, on average: its header and rounding up to sixteen.
inline constexpr std::size_t heap_block = 16;
/// An element of a red-black tree, beside its value: colour and three pointers.
inline constexpr std::size_t tree_node = 4 * sizeof(void*) + heap_block;
inline constexpr std::size_t list_node = 3 * sizeof(void*) + heap_block;
/// A counted pointer's counts, with the block.
inline constexpr std::size_t counts_of_pointer = 2 * sizeof(void*) + heap_block;

/// What a string takes outside of itself.
[[nodiscard]] std::size_t outside_of(const std::string& text);

/// What every entry takes beside its own object: its place in the table, its key, its failure.
[[nodiscard]] std::size_t base_weight(const fact_entry& of);

} // namespace gatehouse::server
