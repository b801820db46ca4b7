#pragma once
// What time it is, injected: whoever needs the time holds a `const clock&`, so that tests advance it
// and nobody sleeps. The wall clock dates policies, certificates and log lines; the steady one measures.
// Safe on any thread.

#include <chrono>

namespace gatehouse::server {

using wall_time = std::chrono::system_clock::time_point;
using tick_time = std::chrono::steady_clock::time_point;

class clock {
  public:
    clock() = default;
    clock(const clock&) = delete;
    clock& operator=(const clock&) = delete;
    virtual ~clock() = default;

    [[nodiscard]] virtual wall_time now() const = 0;
    [[nodiscard]] virtual tick_time ticks() const = 0;
};

/// The machine's own clocks.
class machine_clock final : public clock {
  public:
    [[nodiscard]] wall_time now() const override { return std::chrono::system_clock::now(); }
    [[nodiscard]] tick_time ticks() const override { return std::chrono::steady_clock::now(); }
};

} // namespace gatehouse::server
