#include "server/fact_flight.h"

#include <algorithm>
#include <utility>

namespace gatehouse::server {

fact_waiter::~fact_waiter() {
    for (const auto& one : flights_) {
        one->waiters_.erase(this);
    }
}

void fact_waiter::join(std::shared_ptr<fact_flight> one, tick_time now) {
    one->attended_ = now;
    if (one->waiters_.insert(this).second) {
        flights_.push_back(std::move(one));
    }
}

awaitable<void> fact_waiter::wait(tick_time wake_at) {
    wake_at_ = wake_at;
    woken_.expires_at(steady_timer::time_point::max());
    co_await woken_.async_wait(use_token);
    std::erase_if(flights_, [this](const auto& one) { return !one->waiters_.contains(this); });
}

void fact_flight::sweep(tick_time now, steady::duration life) {
    if (!waiters_.empty()) {
        attended_ = now;
    } else if (now - attended_ >= life) {
        cancel();
    }
    for (fact_waiter* one : waiters_) {
        if (one->wake_at() <= now) {
            one->wake();
        }
    }
}

void fact_flight::wake_all() {
    for (fact_waiter* one : std::exchange(waiters_, {})) {
        one->wake();
    }
}

void fact_flight::cancel() {
    if (!std::exchange(is_canceled_, true)) {
        signal_.emit(asio::cancellation_type::terminal);
    }
}

} // namespace gatehouse::server
