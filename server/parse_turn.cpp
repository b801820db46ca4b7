#include "server/parse_turn.h"

namespace gatehouse::server {

awaitable<std::optional<parse_turn::held>> parse_turn::take(steady::time_point deadline) {
    if (!is_taken_) {
        is_taken_ = true;
        co_return held(*this);
    }
    waiter self(loop_.get_executor());
    self.woken.expires_at(deadline);
    const auto place = queue_.insert(queue_.end(), &self);
    co_await self.woken.async_wait(use_token);
    if (self.has_turn) {
        co_return held(*this);
    }
    queue_.erase(place);
    co_return std::nullopt;
}

void parse_turn::pass_on() noexcept {
    if (queue_.empty()) {
        is_taken_ = false;
        return;
    }
    waiter& next = *queue_.front();
    queue_.pop_front();
    next.has_turn = true;
    next.woken.cancel();
}

} // namespace gatehouse::server
