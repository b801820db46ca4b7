#pragma once
// A connected, non-blocking TCP socket whose owner reads and writes the descriptor itself and waits here
// for the next chance. One waits at a time. Loop thread only.

#include "server/net.h"
#include "server/socket_poller.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace gatehouse::server {

enum class direction : std::uint8_t { read, write };

class watched_socket final : private socket_poller::source {
  public:
    /// Takes the descriptor over. A socket that cannot be watched can still be used; waiting for it
    /// ends at once.
    explicit watched_socket(tcp_socket from);
    ~watched_socket() override;

    /// One recv(2) or send(2), without a signal; -1 with errno where that failed.
    [[nodiscard]] std::ptrdiff_t receive(std::span<char> to) noexcept;
    [[nodiscard]] std::ptrdiff_t send(std::span<const char> from) noexcept;
    /// Sends FIN; what the peer still sends can be read.
    void end_sending() noexcept;

    /// The kernel has nothing more to read, as far as is known without asking it again.
    [[nodiscard]] bool is_drained() const noexcept { return drained_; }

    /// Returns true when it is time to try again, which may be in vain; false after `cancel`.
    /// Requires: the last try was refused, or is_drained() for reading.
    [[nodiscard]] awaitable<bool> wait(direction for_what);
    /// Ends the waiting, not before this returns; leaves the connection open.
    void cancel() noexcept;

    [[nodiscard]] executor runs_on() const noexcept { return runs_on_; }

  private:
    using waiter = asio::async_result<asio::use_awaitable_t<executor>, void(bool)>::handler_type;

    void start(waiter one, direction for_what);
    void notify(std::uint32_t events) override;
    void abandon() noexcept override;
    /// Requires: somebody waits.
    [[nodiscard]] waiter take_waiter() noexcept;
    [[nodiscard]] bool& news_of(direction which) noexcept {
        return which == direction::read ? may_read_ : may_write_;
    }

    executor runs_on_;
    socket_poller& poller_;
    int descriptor_;
    bool is_watched_;
    std::optional<waiter> waiter_;
    direction waits_for_ = direction::read;
    // An edge is told once; what nobody waited for is kept for who does.
    bool may_read_ = false;
    bool may_write_ = false;
    bool has_ended_ = false; ///< the peer says nothing more; what it said may still have to be read
    bool drained_ = false; ///< the last receive got less than it could take, and nothing came since
};

} // namespace gatehouse::server
