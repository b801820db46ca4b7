#pragma once
// The one clock of all deadlines of a listener: sessions keep theirs as a number, and every tick
// the tracker is asked who is overdue. So no operation needs a timer, and a deadline may be late by
// one tick. Gives memory back a while after many connections have gone. Stands still while nobody
// is connected. Loop thread only; outlives the running of the loop.

#include "server/crowd_watch.h"
#include "server/net.h"
#include "server/session_tracker.h"

namespace gatehouse::server {

class deadlines {
  public:
    /// `tracker` outlives this.
    deadlines(loop& runs_on, session_tracker& tracker, steady::duration tick);
    deadlines(const deadlines&) = delete;
    deadlines& operator=(const deadlines&) = delete;

    /// The time of the last tick, or of the first connection: exact to a tick, and free.
    [[nodiscard]] steady::time_point now() const noexcept { return now_; }

    /// To be called when somebody connects.
    void wake();
    /// No further tick.
    void stop() noexcept;

  private:
    void wait();

    session_tracker& tracker_;
    steady::duration tick_;
    steady_timer timer_;
    crowd_watch crowd_;
    steady::time_point now_ = steady::now();
    bool is_ticking_ = false;
    bool is_stopped_ = false;
};

} // namespace gatehouse::server
