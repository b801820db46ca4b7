#include "server/side_work.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace gatehouse::server {

void side_work::spawn(std::shared_ptr<const void> self, awaitable<void> piece) {
    const auto signal = signals_.emplace(signals_.end());
    ++under_way_;
    auto ended = [this, self = std::move(self), signal](const std::exception_ptr& fault) {
        --under_way_;
        signals_.erase(signal);
        if (fault && !fault_) {
            fault_ = fault;
        }
        wake_.cancel();
    };
    asio::co_spawn(
        wake_.get_executor(),
        std::move(piece),
        asio::bind_cancellation_slot(signal->slot(), std::move(ended))
    );
}

void side_work::cancel() {
    // A piece that ends at once takes its signal out of the list.
    for (auto at = signals_.begin(); at != signals_.end();) {
        const auto one = at++;
        one->emit(asio::cancellation_type::all);
    }
}

awaitable<void> side_work::wait() { co_await wake_.async_wait(use_token); }

} // namespace gatehouse::server
