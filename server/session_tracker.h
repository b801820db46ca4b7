#pragma once
// Who is connected and what they are at. Every connection of a listener stands in exactly one list,
// one list a stage, the longest-standing first: so counting, finding the overdue and choosing who
// must give way are all cheap. Also what a drain waits on. Loop thread only.

#include "server/net.h"

#include <boost/intrusive/list.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace gatehouse::server {

/// Who must give way first when there are too many stands first.
enum class stage : std::uint8_t {
    handshaking, ///< TLS is not established
    unused,      ///< established, nothing received yet
    idle,        ///< between requests
    receiving,   ///< a request has begun to arrive
    answering,   ///< a handler runs or its answer is written
    leaving,     ///< on its way out
};

class session_tracker {
  public:
    static constexpr steady::time_point never = steady::time_point::max();

    /// A connection, as seen from here. Leaves by being destroyed.
    class member : public boost::intrusive::list_base_hook<> {
      public:
        member(const member&) = delete;
        member& operator=(const member&) = delete;

      protected:
        explicit member(session_tracker& tracker);
        virtual ~member();

        void enter(stage next, steady::time_point deadline);
        void extend(steady::time_point deadline) noexcept { deadline_ = deadline; }

      private:
        friend class session_tracker;
        /// Told once a stage: its time is over. Must not destroy this or move it to another stage.
        virtual void expire() noexcept = 0;

        session_tracker& tracker_;
        stage stage_ = stage::handshaking;
        steady::time_point deadline_ = never;
    };

    explicit session_tracker(loop& runs_on);
    session_tracker(const session_tracker&) = delete;
    session_tracker& operator=(const session_tracker&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t count(stage of) const noexcept { return list(of).size(); }

    /// Expires every member whose deadline has passed.
    void expire_overdue(steady::time_point now) noexcept;
    /// Expires all of one stage.
    void expire_all(stage of) noexcept;
    /// Makes room for one more: expires the member that has waited longest in the first stage that
    /// has any, of those that may be cut off without losing an answer. False when there is none.
    bool evict_one() noexcept;

    /// From now on every answer says `Connection: close`.
    void begin_drain() noexcept { draining_ = true; }
    [[nodiscard]] bool is_draining() const noexcept { return draining_; }

    /// Until there is no member, or the deadline. One waiter at a time.
    [[nodiscard]] awaitable<void> until_empty(steady::time_point deadline);

  private:
    // Safe links assert in debug builds; sizes are kept, so counting costs nothing.
    using members = boost::intrusive::list<member>;
    static constexpr std::size_t stages = 6;

    [[nodiscard]] members& list(stage of) noexcept {
        return members_[static_cast<std::size_t>(of)];
    }
    [[nodiscard]] const members& list(stage of) const noexcept {
        return members_[static_cast<std::size_t>(of)];
    }
    void remove(member& one) noexcept;

    std::array<members, stages> members_;
    std::size_t size_ = 0;
    bool draining_ = false;
    steady_timer emptied_;
};

} // namespace gatehouse::server
