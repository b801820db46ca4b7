#pragma once
// The bytes of one connection, whatever lies below: TLS for the webhook, plain TCP for the ops
// port. Every operation tries at once and says what it would have to wait for; only `wait`
// suspends. So a request that is already there costs no coroutine. Loop thread only; sessions own
// one each.

#include "server/watched_socket.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace gatehouse::server {

enum class io_status : std::uint8_t {
    done,       ///< some bytes went through (at least one), or the step is finished
    want_read,  ///< wait until the socket is readable, then try the same again
    want_write, ///< wait until the socket is writable, then try the same again
    closed,     ///< the peer has ended the stream
    failed,     ///< broken; no further use but closing
};

struct io_result {
    io_status status = io_status::failed;
    std::size_t bytes = 0;
};

class byte_stream {
  public:
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    virtual ~byte_stream() = default;

    [[nodiscard]] virtual io_result handshake() = 0;
    /// Requires: room for at least one byte.
    [[nodiscard]] virtual io_result read_some(std::span<char> to) = 0;
    /// Requires: at least one byte. After want_* the same bytes must be offered again (elsewhere in
    /// memory is fine).
    [[nodiscard]] virtual io_result write_some(std::span<const char> from) = 0;
    /// Tells the peer that nothing follows; does not wait for its farewell.
    [[nodiscard]] virtual io_result say_goodbye() = 0;
    /// There may be something to read without waiting for the socket.
    [[nodiscard]] virtual bool may_have_more() const = 0;

    /// Requires: `what` is want_read or want_write. True when it is worth trying again, false when
    /// `cancel` was called.
    [[nodiscard]] awaitable<bool> wait(io_status what) {
        return socket_.wait(what == io_status::want_read ? direction::read : direction::write);
    }

    [[nodiscard]] executor runs_on() const noexcept { return socket_.runs_on(); }

    /// Ends the waiting, leaves the connection open.
    void cancel() noexcept { socket_.cancel(); }

    /// Sends FIN; what the peer still sends can be read.
    void end_sending() noexcept { socket_.end_sending(); }

  protected:
    explicit byte_stream(tcp_socket socket) : socket_(std::move(socket)) {}
    [[nodiscard]] watched_socket& socket() noexcept { return socket_; }
    [[nodiscard]] const watched_socket& socket() const noexcept { return socket_; }

  private:
    watched_socket socket_;
};

} // namespace gatehouse::server
