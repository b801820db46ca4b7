#pragma once
// A clock that stands still until a test advances it. Starts on 2026-08-01 at 12:00:00 UTC.

#include "server/clock.h"

namespace gatehouse::testing_support {

class fake_clock final : public server::clock {
  public:
    [[nodiscard]] server::wall_time now() const override { return wall_; }
    [[nodiscard]] server::tick_time ticks() const override { return ticks_; }

    void advance(std::chrono::nanoseconds by) {
        wall_ += std::chrono::duration_cast<server::wall_time::duration>(by);
        ticks_ += by;
    }

  private:
    server::wall_time wall_ =
        std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{12};
    server::tick_time ticks_{};
};

} // namespace gatehouse::testing_support
