#include "server/session_tracker.h"

namespace gatehouse::server {

session_tracker::member::member(session_tracker& tracker) : tracker_(tracker) {
    tracker_.list(stage_).push_back(*this);
    ++tracker_.size_;
}

session_tracker::member::~member() { tracker_.remove(*this); }

void session_tracker::member::enter(stage next, steady::time_point deadline) {
    members& from = tracker_.list(stage_);
    from.erase(from.iterator_to(*this));
    stage_ = next;
    deadline_ = deadline;
    tracker_.list(next).push_back(*this);
}

session_tracker::session_tracker(loop& runs_on) : emptied_(runs_on.get_executor()) {}

void session_tracker::remove(member& one) noexcept {
    members& from = list(one.stage_);
    from.erase(from.iterator_to(one));
    if (--size_ == 0) {
        emptied_.cancel();
    }
}

void session_tracker::expire_overdue(steady::time_point now) noexcept {
    for (members& each : members_) {
        for (member& one : each) {
            if (one.deadline_ <= now) {
                one.deadline_ = never;
                one.expire();
            }
        }
    }
}

void session_tracker::expire_all(stage of) noexcept {
    for (member& one : list(of)) {
        one.deadline_ = never;
        one.expire();
    }
}

bool session_tracker::evict_one() noexcept {
    for (const stage of : {stage::handshaking, stage::unused, stage::idle, stage::receiving}) {
        members& candidates = list(of);
        if (candidates.empty()) {
            continue;
        }
        member& one = candidates.front();
        one.enter(stage::leaving, never);
        one.expire();
        return true;
    }
    return false;
}

awaitable<void> session_tracker::until_empty(steady::time_point deadline) {
    if (size_ != 0) {
        emptied_.expires_at(deadline);
        co_await emptied_.async_wait(use_token);
    }
}

} // namespace gatehouse::server
