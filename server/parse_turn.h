#pragma once
// One at a time, first come first served, each waiting no longer than it can: for bodies whose parsing
// takes many times their size in memory. Loop thread only; outlives who waits and who holds.

#include "server/net.h"

#include <list>
#include <optional>
#include <utility>

namespace gatehouse::server {

class parse_turn {
  public:
    explicit parse_turn(loop& runs_on) : loop_(runs_on) {}
    parse_turn(const parse_turn&) = delete;
    parse_turn& operator=(const parse_turn&) = delete;

    /// The turn, until it is destroyed.
    class held {
      public:
        explicit held(parse_turn& turn) : turn_(&turn) {}
        held(held&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
        held& operator=(held&&) = delete;
        ~held() {
            if (turn_ != nullptr) {
                turn_->pass_on();
            }
        }

      private:
        parse_turn* turn_;
    };

    /// Nothing when the deadline comes first.
    [[nodiscard]] awaitable<std::optional<held>> take(steady::time_point deadline);

  private:
    struct waiter {
        explicit waiter(executor runs_on) : woken(runs_on) {}
        steady_timer woken;
        bool has_turn = false;
    };

    void pass_on() noexcept;

    loop& loop_;
    bool is_taken_ = false;
    std::list<waiter*> queue_;
};

} // namespace gatehouse::server
