#pragma once
// Tells sockets when something has happened to them: one edge-triggered epoll of our own that Asio's
// loop watches as a single descriptor. Asio asks the kernel anew for every wait; here a socket is made
// known once, and one call brings the news of all of them, which is worth a tenth of a review's CPU
// (docs/decisions/0010). A service of the loop, made with its first socket; loop thread only.

#include "server/net.h"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>
#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace gatehouse::server {

class socket_poller final : public asio::execution_context::service {
  public:
    using key_type = socket_poller;
    inline static asio::execution_context::id id;

    /// Somebody who owns a descriptor.
    class source : public boost::intrusive::list_base_hook<> {
      public:
        source(const source&) = delete;
        source& operator=(const source&) = delete;

      protected:
        source() = default;
        virtual ~source() = default;

      private:
        friend class socket_poller;
        /// `events` as in epoll_ctl(2). May destroy any source, this one too.
        virtual void notify(std::uint32_t events) = 0;
        /// The loop has ended: destroys who waits, which may destroy this.
        virtual void abandon() noexcept = 0;
    };

    explicit socket_poller(asio::execution_context& runs_on);

    /// From now on `one` hears of every change of `descriptor`. False when the kernel has no room.
    [[nodiscard]] bool add(source& one, int descriptor);
    /// To be called before the descriptor is closed. Requires: added.
    void remove(source& one) noexcept;

  private:
    /// So many sockets have their turn before the rest of the loop has its own.
    static constexpr std::size_t most_events = 32;
    static constexpr int most_rounds = 4;

    void shutdown() override;
    void watch();
    void dispatch();

    asio::posix::basic_stream_descriptor<executor> epoll_;
    boost::intrusive::list<source> sources_;
    std::array<epoll_event, most_events> events_{};
    std::span<epoll_event> untold_; ///< part of events_
    bool is_watching_ = false;
};

} // namespace gatehouse::server
