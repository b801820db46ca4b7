#pragma once
// What a coroutine has others do meanwhile, piece by piece: each can be cancelled, the first exception is kept, and
// the end of any wakes who waits. The base of an object that all pieces share, so that it outlives them. Loop
// thread only; used by registry/drive and image/layer_transfers.

#include "server/clock.h"
#include "server/net.h"

#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <exception>
#include <list>
#include <memory>

namespace gatehouse::server {

class side_work {
  public:
    explicit side_work(executor on) : wake_(on, tick_time::max()) {}
    side_work(const side_work&) = delete;
    side_work& operator=(const side_work&) = delete;

    [[nodiscard]] std::size_t under_way() const noexcept { return under_way_; }
    [[nodiscard]] const std::exception_ptr& fault() const noexcept { return fault_; }
    void cancel();
    /// Until a piece has ended, or the waiting coroutine is cancelled.
    [[nodiscard]] awaitable<void> wait();

  protected:
    ~side_work() = default;

    /// `self` holds this.
    void spawn(std::shared_ptr<const void> self, awaitable<void> piece);

  private:
    steady_timer wake_;
    std::list<asio::cancellation_signal> signals_;
    std::size_t under_way_ = 0;
    std::exception_ptr fault_;
};

} // namespace gatehouse::server
