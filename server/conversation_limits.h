#pragma once
// How many conversations run at once: in all, and with one host. Others queue in order, a bounded number of
// them and no longer than their deadline. Loop thread only.

#include "server/clock.h"
#include "server/net.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>

namespace gatehouse::server {

struct conversation_bounds {
    std::size_t in_all = 0;
    std::size_t of_a_host = 0;
    std::size_t queue = 0; ///< that wait
};

/// Of exchanges: a pod of ten images asks for twenty places of signatures at once, and as many may wait as can be
/// had within a review's time at 100 ms an answer.
inline constexpr conversation_bounds exchange_bounds{128, 32, 2048};
/// Of images whose layers are read, each with two threads that decompress: a registry that is slow to send must
/// not keep others out, and reviews must have a processor to themselves most of the time.
inline constexpr conversation_bounds reading_bounds{4, 2, 256};

class conversation_limits {
  public:
    enum class entry : std::uint8_t { granted, queue_is_full, too_late };

    conversation_limits(loop& runs_on, conversation_bounds bounds)
        : loop_(runs_on), bounds_(bounds) {}
    conversation_limits(const conversation_limits&) = delete;
    conversation_limits& operator=(const conversation_limits&) = delete;

    /// A place that was granted; given back when it goes.
    class place {
      public:
        place(conversation_limits& of, std::string host) : of_(of), host_(std::move(host)) {}
        place(const place&) = delete;
        place& operator=(const place&) = delete;
        ~place() { of_.leave(host_); }

      private:
        conversation_limits& of_;
        std::string host_;
    };

    /// After `granted` a place must be made at once, in the same step.
    [[nodiscard]] awaitable<entry> enter(std::string host, tick_time deadline);

  private:
    struct waiter {
        waiter(loop& runs_on, std::string whose) : host(std::move(whose)), called(runs_on) {}
        std::string host;
        steady_timer called;
        bool has_place = false;
    };

    [[nodiscard]] bool has_room(const std::string& host) const;
    void occupy(const std::string& host);
    void leave(const std::string& host);
    void call_next();

    loop& loop_;
    const conversation_bounds bounds_;
    std::size_t busy_ = 0;
    std::map<std::string, std::size_t> busy_of_;
    std::list<waiter> queue_;
};

} // namespace gatehouse::server
