#pragma once
// The life of one connection: handshake, then request by request until somebody has had enough,
// then a clean end. Knows HTTP and time limits, nothing of what is asked. Loop thread only.

#include "server/byte_budget.h"
#include "server/byte_stream.h"
#include "server/deadlines.h"
#include "server/handler.h"
#include "server/input_buffer.h"
#include "server/request_parser.h"
#include "server/response_text.h"
#include "server/router.h"
#include "server/session_tracker.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace gatehouse::server {

/// Interface 4. Absolute times: none of them starts again because a byte came.
struct session_limits {
    request_limits request;
    std::chrono::milliseconds handshake{5'000};
    std::chrono::milliseconds header{5'000}; ///< from its first byte
    std::chrono::milliseconds body{10'000};
    std::chrono::milliseconds body_per_mib{1'000};
    /// API servers keep unused connections for 90 s; closing earlier loses requests.
    std::chrono::milliseconds idle{120'000};
    std::chrono::milliseconds write{10'000};
    std::chrono::milliseconds goodbye{2'000};
    std::chrono::milliseconds tick{100};
};

/// What the sessions of one listener share; each holds a reference, so it lives as long as any of
/// them.
struct session_services {
    session_services(loop& runs_on, session_limits of, router to, byte_budget& bytes)
        : limits(of),
          routes(std::move(to)),
          budget(bytes),
          tracker(runs_on),
          clock(runs_on, tracker, of.tick) {}

    const session_limits limits;
    const router routes;
    byte_budget& budget;
    session_tracker tracker;
    deadlines clock;
    buffer_pool buffers;
    date_field date;
    std::string outgoing; ///< the answer being written, until a write blocks
};

class session final : private session_tracker::member {
  public:
    session(std::unique_ptr<byte_stream> stream, std::shared_ptr<session_services> services);

    /// Ends when the connection has ended. Requires: this outlives it.
    [[nodiscard]] awaitable<void> run();

  private:
    enum class received : std::uint8_t {
        whole,
        in_part, ///< and the rest has to be waited for
        refused, ///< and `refusal_` is the answer
        gone,    ///< nobody is there to answer
    };

    void expire() noexcept override;
    void enter_for(stage next, std::chrono::milliseconds limit);

    [[nodiscard]] awaitable<bool> shake_hands();
    [[nodiscard]] awaitable<void> serve();
    [[nodiscard]] awaitable<void> part();

    [[nodiscard]] received first_bytes();
    [[nodiscard]] received parse_head();
    [[nodiscard]] awaitable<received> receive_head();
    [[nodiscard]] received accept_head();
    [[nodiscard]] bool has_whole_body() const noexcept;
    void take_in_place();
    [[nodiscard]] awaitable<received> receive_body();
    [[nodiscard]] awaitable<received> receive_in_place(std::size_t length);
    [[nodiscard]] awaitable<received> receive_apart(std::size_t length);
    [[nodiscard]] awaitable<received> receive_chunked();
    [[nodiscard]] std::chrono::milliseconds time_for_body(std::size_t size) const;

    [[nodiscard]] received refuse(response with);
    [[nodiscard]] received refuse(refusal why);
    [[nodiscard]] received give_up();
    [[nodiscard]] received shed();

    [[nodiscard]] request_view view() const;
    [[nodiscard]] bool render(const response& what);
    void forget_request();

    [[nodiscard]] awaitable<bool> ready(io_status what);
    [[nodiscard]] awaitable<std::size_t> read_into(std::span<char> room);
    [[nodiscard]] awaitable<bool> write(std::string_view bytes);
    [[nodiscard]] bool write_at_once(std::string_view bytes);
    [[nodiscard]] awaitable<bool> write_rest();

    std::shared_ptr<session_services> services_;
    std::unique_ptr<byte_stream> stream_;
    bool expired_ = false;  ///< our patience has ended; cleared where the peer still gets an answer
    std::size_t burst_ = 0; ///< bytes read since others had their turn
    io_status blocked_by_ = io_status::want_read; ///< what the last try would have to wait for
    std::string unsent_;

    // The request being received or answered.
    input_buffer input_;
    std::optional<request_parser> parser_;
    request_head head_;               ///< views into input_, which does not move before the answer
    steady::time_point received_{};   ///< its first byte
    steady::time_point body_begun_{}; ///< when its header was whole
    const handler* handler_ = nullptr;
    std::span<const char> content_;
    std::size_t in_place_ = 0; ///< bytes behind the header in input_ that belong to it
    padded_buffer body_;       ///< of a body too long to stay in input_
    byte_budget::charge charge_;
    response refusal_;
    bool unread_ = false; ///< the peer may still be sending what nobody will read
};

} // namespace gatehouse::server
