#include "server/registry/drive.h"

#include <utility>

namespace gatehouse::server {

void flights::start(const std::shared_ptr<flights>& self, outgoing what) {
    self->spawn(self, fly(self, std::move(what)));
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

} // namespace gatehouse::server
