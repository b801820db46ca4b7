#pragma once
// The machine's clocks, ahead by as much as a test says: for what waits for real answers and is not to be waited
// for itself. One thread.

#include "server/clock.h"

namespace gatehouse::testing_support {

class shifted_clock final : public server::clock {
  public:
    [[nodiscard]] server::wall_time now() const override {
        return std::chrono::system_clock::now() + by_;
    }
    [[nodiscard]] server::tick_time ticks() const override {
        return std::chrono::steady_clock::now() + by_;
    }

    void advance(std::chrono::seconds by) { by_ += by; } ///< or back

  private:
    std::chrono::seconds by_{0};
};

} // namespace gatehouse::testing_support
