#pragma once
// Carries the requests of a conversation, several at a time, until it has an outcome. Cancelled, or done
// early, it cancels the exchanges under way and waits for their end, so that none outlives its owner.

#include "server/clock.h"
#include "server/http_exchange.h"
#include "server/registry/dialogue.h"
#include "server/side_work.h"

#include <boost/asio/this_coro.hpp>

#include <deque>
#include <exception>
#include <memory>
#include <utility>

namespace gatehouse::server {

/// The exchanges under way of one conversation; shared with each of them.
class flights : public side_work {
  public:
    struct landed {
        std::size_t id;
        policy::fact<http_response> answer;
    };

    flights(executor on, http_exchange& over, tick_time deadline)
        : side_work(on), over_(over), deadline_(deadline) {}

    static void start(const std::shared_ptr<flights>& self, outgoing what);
    [[nodiscard]] bool has_landed() const noexcept { return !landed_.empty(); }
    [[nodiscard]] landed take();

  private:
    [[nodiscard]] static awaitable<void> fly(std::shared_ptr<flights> self, outgoing what);

    http_exchange& over_;
    tick_time deadline_;
    std::deque<landed> landed_;
};

/// Requires: `talk`, `over` and `time` outlive the awaiting.
template <class Conversation>
[[nodiscard]] awaitable<typename Conversation::result> drive(
    Conversation& talk,
    http_exchange& over,
    const clock& time,
    tick_time deadline
) {
    // A cancelled coroutine that throws at its next await could not wait for the exchanges to end.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto now_flying =
        std::make_shared<flights>(co_await asio::this_coro::executor, over, deadline);
    bool is_cancelled = false;
    while (!talk.outcome() && !is_cancelled && !now_flying->fault()) {
        for (outgoing& one : talk.take_requests(time.ticks())) {
            flights::start(now_flying, std::move(one));
        }
        if (!now_flying->has_landed() && now_flying->under_way() == 0) {
            break; // a conversation that neither asks nor ends: below, it fails
        }
        if (!now_flying->has_landed()) {
            co_await now_flying->wait();
        }
        const auto state = co_await asio::this_coro::cancellation_state;
        is_cancelled = state.cancelled() != asio::cancellation_type::none;
        while (now_flying->has_landed() && !talk.outcome()) {
            auto one = now_flying->take();
            talk.give(one.id, std::move(one.answer), time.ticks());
        }
    }
    now_flying->cancel();
    while (now_flying->under_way() > 0) {
        co_await now_flying->wait();
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (now_flying->fault()) {
        std::rethrow_exception(now_flying->fault());
    }
    if (talk.outcome()) {
        co_return *talk.outcome();
    }
    co_return policy::fetch_failure{
        policy::failure_cause::timeout,
        "the lookup was ended before it was done",
        talk.is_listed()};
}

} // namespace gatehouse::server
