#include "server/conversation_limits.h"

#include <algorithm>

namespace gatehouse::server {

bool conversation_limits::has_room(const std::string& host) const {
    const auto at = busy_of_.find(host);
    return busy_ < bounds_.in_all && (at == busy_of_.end() || at->second < bounds_.of_a_host);
}

void conversation_limits::occupy(const std::string& host) {
    ++busy_;
    ++busy_of_[host];
}

void conversation_limits::leave(const std::string& host) {
    --busy_;
    const auto at = busy_of_.find(host);
    if (--at->second == 0) {
        busy_of_.erase(at);
    }
    call_next();
}

void conversation_limits::call_next() {
    for (waiter& one : queue_) {
        if (!one.has_place && has_room(one.host)) {
            one.has_place = true;
            occupy(one.host);
            one.called.cancel();
            return;
        }
    }
}

awaitable<conversation_limits::entry> conversation_limits::enter(
    std::string host,
    tick_time deadline
) {
    if (has_room(host)) {
        occupy(host);
        co_return entry::granted;
    }
    if (queue_.size() >= bounds_.queue) {
        co_return entry::queue_is_full;
    }
    const auto self = queue_.emplace(queue_.end(), loop_, host);
    // Leaves the queue however this coroutine ends, and hands on a place that it cannot use.
    struct leaving {
        conversation_limits& of;
        std::list<waiter>::iterator self;
        bool keeps_place = false;
        ~leaving() {
            const bool unused = self->has_place && !keeps_place;
            const std::string whose = self->host;
            of.queue_.erase(self);
            if (unused) {
                of.leave(whose);
            }
        }
    } guard{*this, self};
    self->called.expires_at(deadline);
    co_await self->called.async_wait(use_token);
    guard.keeps_place = self->has_place;
    co_return guard.keeps_place ? entry::granted : entry::too_late;
}

} // namespace gatehouse::server
