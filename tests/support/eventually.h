#pragma once
// Waiting for what another process does: asked again and again until it holds or the deadline is over.
// The pause is between two questions, never instead of one.

#include <chrono>
#include <thread>

namespace gatehouse::testing_support {

/// True as soon as `condition()` is; false when `limit` is over.
template <class Condition>
[[nodiscard]] bool eventually(std::chrono::milliseconds limit, Condition condition) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

} // namespace gatehouse::testing_support
