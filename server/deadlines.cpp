#include "server/deadlines.h"

#include "server/process_setup.h"

namespace gatehouse::server {

deadlines::deadlines(loop& runs_on, session_tracker& tracker, steady::duration tick)
    : tracker_(tracker), tick_(tick), timer_(runs_on.get_executor()) {}

void deadlines::wake() {
    if (!is_ticking_ && !is_stopped_) {
        is_ticking_ = true;
        now_ = steady::now();
        wait();
    }
}

void deadlines::stop() noexcept {
    is_stopped_ = true;
    timer_.cancel();
}

void deadlines::wait() {
    timer_.expires_after(tick_);
    timer_.async_wait([this](const error_code& canceled) {
        if (canceled || is_stopped_) {
            return;
        }
        now_ = steady::now();
        tracker_.expire_overdue(now_);
        if (crowd_.has_ended(tracker_.size())) {
            give_back_free_memory();
        }
        is_ticking_ = tracker_.size() != 0 || crowd_.is_waiting();
        if (is_ticking_) {
            wait();
        }
    });
}

} // namespace gatehouse::server
