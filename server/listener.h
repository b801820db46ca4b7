#pragma once
// One listening port and all that is connected to it: accepts, keeps within bounds, drains. The app
// has two, the webhook's over TLS and the ops port's over plain TCP. Loop thread only; outlives the
// running of the loop.

#include "policy/result.h"
#include "server/byte_budget.h"
#include "server/byte_stream.h"
#include "server/router.h"
#include "server/session.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace gatehouse::server {

struct listener_options {
    tcp::endpoint address; ///< port 0 picks a free one
    session_limits limits;
    /// Of connections at once. One more makes the longest-standing give way, those first that have
    /// not finished their handshake: who floods the port pushes out his own. If all are being
    /// answered, the new one is closed.
    std::size_t most_connections = 4096;
};

class listener {
  public:
    /// Makes the stream of an accepted socket; nullptr closes it.
    using make_stream = std::function<std::unique_ptr<byte_stream>(tcp_socket)>;
    /// Told what ended a connection that should not have: a bug, or no memory.
    using report_fault = std::function<void(std::string_view what)>;

    /// `budget` outlives the loop; so do the handlers in `routes`, or what they refer to.
    listener(
        loop& runs_on,
        listener_options options,
        router routes,
        byte_budget& budget,
        make_stream stream,
        report_fault report
    );
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// Binds and listens; returns the port. Errors: unavailable, with the address and the system's
    /// reason.
    [[nodiscard]] policy::result<std::uint16_t> open();
    /// Accepts from now on. Requires: open succeeded.
    void start();

    /// Interface 4.4, whole: answers say `Connection: close` from now on, new connections are
    /// accepted until `delay` is over, then this returns as soon as nobody is connected, at the
    /// latest `timeout` after the call (or after the delay, if that is longer); whoever is left
    /// then is closed.
    [[nodiscard]] awaitable<void> drain(steady::duration delay, steady::duration timeout);
    /// Stops accepting and ends every connection that is not being answered.
    void close();

    [[nodiscard]] const session_tracker& connections() const noexcept { return services_->tracker; }

  private:
    [[nodiscard]] awaitable<void> accept_all();
    void adopt(tcp_socket socket);
    void stop_accepting();

    loop& loop_;
    listener_options options_;
    std::shared_ptr<session_services> services_;
    make_stream make_stream_;
    report_fault report_;
    tcp_acceptor acceptor_;
    steady_timer pause_; ///< of the accept loop when out of descriptors
    steady_timer delay_; ///< of the drain
    bool is_closing_ = false;
};

} // namespace gatehouse::server
