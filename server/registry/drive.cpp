#include "server/registry/drive.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace gatehouse::server {

void flights::start(const std::shared_ptr<flights>& self, outgoing what) {
    const auto signal = self->signals_.emplace(self->signals_.end());
    ++self->under_way_;
    auto ended = [self, signal](const std::exception_ptr& fault) {
        --self->under_way_;
        self->signals_.erase(signal);
        if (fault && !self->fault_) {
            self->fault_ = fault;
        }
        self->wake_.cancel();
    };
    asio::co_spawn(
        self->wake_.get_executor(),
        fly(self, std::move(what)),
        asio::bind_cancellation_slot(signal->slot(), std::move(ended))
    );
}

awaitable<void> flights::fly(std::shared_ptr<flights> self, outgoing what) {
    co_await asio::this_coro::throw_if_cancelled(false);
    if (what.not_before != tick_time()) {
        steady_timer pause(co_await asio::this_coro::executor, what.not_before);
        co_await pause.async_wait(use_token);
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
        co_return;
    }
    auto answer = co_await self->over_.send(std::move(what.request), self->deadline_);
    self->landed_.push_back({what.id, std::move(answer)});
}

flights::landed flights::take() {
    landed first = std::move(landed_.front());
    landed_.pop_front();
    return first;
}

void flights::cancel() {
    // An exchange that ends at once takes its signal out of the list.
    for (auto at = signals_.begin(); at != signals_.end();) {
        const auto one = at++;
        one->emit(asio::cancellation_type::all);
    }
}

awaitable<void> flights::wait() { co_await wake_.async_wait(use_token); }

} // namespace gatehouse::server
