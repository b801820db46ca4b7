#include "server/session.h"

#include <utility>

namespace gatehouse::server {

session::session(std::unique_ptr<byte_stream> stream, std::shared_ptr<session_services> services)
    : member(services->tracker),
      services_(std::move(services)),
      stream_(std::move(stream)),
      input_(services_->buffers),
      charge_(services_->budget) {}

awaitable<void> session::run() {
    const bool is_established = co_await shake_hands();
    if (is_established) {
        enter_for(stage::unused, services_->limits.idle);
        co_await serve();
        co_await part();
    }
}

void session::expire() noexcept {
    expired_ = true;
    stream_->cancel();
}

void session::enter_for(stage next, std::chrono::milliseconds limit) {
    enter(next, services_->clock.now() + limit);
}

awaitable<bool> session::shake_hands() {
    enter_for(stage::handshaking, services_->limits.handshake);
    for (;;) {
        const io_result step = stream_->handshake();
        if (step.status == io_status::done) {
            co_return true;
        }
        if (step.status == io_status::closed || step.status == io_status::failed
            || !co_await ready(step.status)) {
            co_return false;
        }
    }
}

// Request by request, until the connection carries no more. What is there is used at once: of the
// usual request, whole when it is seen and answered right away, only the wait for the next suspends.
awaitable<void> session::serve() {
    for (bool goes_on = true; goes_on;) {
        received how = first_bytes();
        while (how == received::in_part) {
            input_.release(); // waits without memory
            if (expired_ || !co_await stream_->wait(blocked_by_)) {
                co_return;
            }
            how = first_bytes();
        }
        if (how == received::whole) {
            how = parse_head();
        }
        if (how == received::in_part) {
            how = co_await receive_head();
        }
        if (how == received::whole) {
            how = accept_head();
        }
        if (how == received::in_part) {
            how = co_await receive_body();
        }
        if (how == received::gone) {
            co_return;
        }
        if (how == received::whole) {
            enter(stage::answering, session_tracker::never);
            reply given = (*handler_)(view());
            if (auto* at_once = std::get_if<response>(&given)) {
                goes_on = render(*at_once);
            } else {
                const response later = co_await std::get<awaitable<response>>(std::move(given));
                goes_on = render(later);
            }
        } else {
            goes_on = render(refusal_);
        }
        if (!write_at_once(services_->outgoing) && !co_await write_rest()) {
            co_return;
        }
        if (goes_on) {
            enter_for(stage::idle, services_->limits.idle);
        }
    }
}

// A clean end: ours is said within the limit. The peer's is awaited only where closing at once
// could destroy our last answer on its way: bytes that arrive at a closed socket reset the
// connection.
awaitable<void> session::part() {
    expired_ = false;
    enter_for(stage::leaving, services_->limits.goodbye);
    for (;;) {
        const io_result said = stream_->say_goodbye();
        if (said.status == io_status::done) {
            break;
        }
        if (said.status == io_status::closed || said.status == io_status::failed
            || !co_await ready(said.status)) {
            co_return;
        }
    }
    if (!unread_) {
        co_return;
    }
    stream_->end_sending();
    input_.release();
    for (std::size_t came = 1; came != 0;) {
        came = co_await read_into(input_.room());
    }
}

request_view session::view() const {
    return {head_.method, head_.path, head_.query, head_.content_type, content_, received_};
}

// The answer, into what the sessions share, and the end of the request. True when the connection may
// carry another one.
bool session::render(const response& what) {
    const bool keeps =
        head_.keeps_alive && !what.close && !unread_ && !services_->tracker.is_draining();
    const auto kept = head_.is_http11 ? persistence::silent : persistence::keep_alive;
    std::string& text = services_->outgoing;
    text.clear();
    append_response(
        text,
        what,
        keeps ? kept : persistence::close,
        head_.method == http_method::head ? payload::header_only : payload::with_body,
        services_->date.at(services_->clock.now())
    );
    forget_request();
    return keeps;
}

void session::forget_request() {
    input_.consume(head_.size + in_place_);
    head_ = {};
    content_ = {};
    in_place_ = 0;
    body_ = {};
    parser_.reset();
    charge_.clear();
}

// Waits; false when that is over.
awaitable<bool> session::ready(io_status what) {
    if (expired_) {
        co_return false;
    }
    co_return co_await stream_->wait(what) && !expired_;
}

// Whatever does not go out at once is kept for write_rest().
awaitable<bool> session::write(std::string_view bytes) {
    if (write_at_once(bytes)) {
        co_return true;
    }
    co_return co_await write_rest();
}

bool session::write_at_once(std::string_view bytes) {
    const io_result sent = stream_->write_some(bytes);
    if (sent.status == io_status::done && sent.bytes == bytes.size()) {
        return true;
    }
    blocked_by_ = sent.status;
    unsent_ = bytes.substr(sent.bytes);
    return false;
}

awaitable<bool> session::write_rest() {
    const std::string rest = std::exchange(unsent_, {});
    std::size_t written = 0;
    enter(stage::answering, steady::now() + services_->limits.write);
    io_status status = blocked_by_;
    while (status != io_status::closed && status != io_status::failed) {
        if (status != io_status::done && !co_await ready(status)) {
            co_return false;
        }
        const io_result sent = stream_->write_some(std::string_view(rest).substr(written));
        status = sent.status;
        written += sent.bytes;
        if (written == rest.size()) {
            co_return true;
        }
    }
    co_return false;
}

} // namespace gatehouse::server
