#pragma once
// What the fact cache has counted and holds, as the metrics show it. Values only.

#include <array>
#include <cstddef>
#include <cstdint>

namespace gatehouse::server {

enum class fact_kind : std::uint8_t { tag, signatures, platforms, accounts };

inline constexpr std::size_t fact_kind_count = 4;

/// How the facts of one kind were had; "stale" are those of an outage.
struct fact_counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t stale = 0;
};

struct fact_figures {
    std::array<fact_counts, fact_kind_count> by_kind{}; ///< indexed by fact_kind
    std::size_t bytes = 0;
};

} // namespace gatehouse::server
