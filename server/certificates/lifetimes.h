#pragma once
// How long own certificates may be told to live, by whoever reads it from people.

#include <chrono>

namespace gatehouse::server {

inline constexpr std::chrono::seconds shortest_life{10};
inline constexpr std::chrono::hours longest_life{262800}; // thirty years

} // namespace gatehouse::server
