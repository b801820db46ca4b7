#pragma once
// One look-up under way and the reviews that wait for it. A review that leaves, because its time is over
// or its connection gone, does not end the flight; a flight that nobody waits for ends after a while. Loop
// thread only.

#include "server/clock.h"
#include "server/net.h"

#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <unordered_set>
#include <vector>

namespace gatehouse::server {

class fact_flight;

/// A review that waits until any of its flights ends, or until `wake_at`. Leaves them when destroyed.
class fact_waiter {
  public:
    explicit fact_waiter(loop& runs_on)
        : woken_(runs_on.get_executor(), steady_timer::time_point::max()) {}
    fact_waiter(const fact_waiter&) = delete;
    fact_waiter& operator=(const fact_waiter&) = delete;
    ~fact_waiter();

    void join(std::shared_ptr<fact_flight> one, tick_time now);
    /// Waits for the first of them that ends, or for a sweep at `wake_at` or later.
    [[nodiscard]] awaitable<void> wait(tick_time wake_at);
    [[nodiscard]] tick_time wake_at() const noexcept { return wake_at_; }
    void wake() { woken_.cancel(); }

  private:
    steady_timer woken_;
    tick_time wake_at_ = tick_time::max();
    std::vector<std::shared_ptr<fact_flight>> flights_;
};

class fact_flight {
  public:
    explicit fact_flight(tick_time now) : begun_(now), attended_(now) {}
    fact_flight(const fact_flight&) = delete;
    fact_flight& operator=(const fact_flight&) = delete;

    /// Wakes whose time has come, and ends what nobody has waited for since `life` ago.
    void sweep(tick_time now, steady::duration life);
    /// It has landed.
    void wake_all();
    void cancel();
    /// What it asks is no longer as it was: it lands without a result.
    void outdate() noexcept { is_outdated_ = true; }
    [[nodiscard]] bool is_outdated() const noexcept { return is_outdated_; }
    [[nodiscard]] bool is_canceled() const noexcept { return is_canceled_; }
    [[nodiscard]] tick_time begun() const noexcept { return begun_; }
    [[nodiscard]] asio::cancellation_slot slot() { return signal_.slot(); }

  private:
    friend class fact_waiter;

    std::unordered_set<fact_waiter*> waiters_;
    const tick_time begun_;
    tick_time attended_; ///< when somebody was last known to wait
    bool is_canceled_ = false;
    bool is_outdated_ = false;
    asio::cancellation_signal signal_;
};

} // namespace gatehouse::server
