#include "server/session.h"

#include "server/shedding.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace gatehouse::server {

namespace {

constexpr std::size_t mib = 1024 * 1024;
/// How much of one connection is read before the others have their turn.
constexpr std::size_t longest_burst = 256 * 1024;
/// The first piece of memory for a body; it doubles as bytes really come, whatever was announced.
constexpr std::size_t first_piece = 64 * 1024;

} // namespace

session::session(std::unique_ptr<byte_stream> stream, std::shared_ptr<session_services> services)
    : member(services->tracker),
      services_(std::move(services)),
      stream_(std::move(stream)),
      input_(services_->buffers),
      charge_(services_->budget) {}

awaitable<void> session::run() {
    if (!co_await shake_hands()) {
        co_return;
    }
    enter_for(stage::unused, services_->limits.idle);
    for (bool goes_on = true; goes_on;) {
        goes_on = co_await serve_one();
    }
    co_await part();
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

// True when the connection may carry another request.
awaitable<bool> session::serve_one() {
    parser_.emplace(services_->limits.request);
    received how = co_await receive_head();
    if (how == received::whole) {
        how = accept_head();
    }
    if (how == received::whole) {
        if (has_whole_body()) {
            take_in_place();
        } else {
            how = co_await receive_body();
        }
    }
    if (how == received::gone) {
        co_return false;
    }
    if (how == received::refused) {
        co_return co_await answer(std::move(refusal_));
    }
    enter(stage::answering, session_tracker::never);
    reply given = (*handler_)(view());
    if (auto* at_once = std::get_if<response>(&given)) {
        co_return co_await answer(std::move(*at_once));
    }
    response later = co_await std::get<awaitable<response>>(std::move(given));
    co_return co_await answer(std::move(later));
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

// Waits without memory until something has come.
awaitable<bool> session::first_bytes() {
    io_status missing = io_status::want_read;
    bool is_waiting = !stream_->has_pending();
    for (;;) {
        if (is_waiting) {
            input_.release();
            if (!co_await ready(missing)) {
                co_return false;
            }
        }
        const io_result got = stream_->read_some(input_.room());
        if (got.status == io_status::done) {
            input_.commit(got.bytes);
            co_return true;
        }
        if (got.status == io_status::closed || got.status == io_status::failed) {
            co_return false;
        }
        missing = got.status;
        is_waiting = true;
    }
}

awaitable<session::received> session::receive_head() {
    if (input_.empty() && !co_await first_bytes()) {
        co_return received::gone;
    }
    input_.begin_message();
    received_ = steady::now();
    for (bool is_slow = false;; is_slow = true) {
        switch (parser_->parse_head(input_.bytes())) {
        case request_parser::progress::complete:
            head_ = parser_->head(input_.bytes());
            co_return received::whole;
        case request_parser::progress::refused:
            co_return refuse(parser_->why());
        case request_parser::progress::need_more:
            break;
        }
        if (!is_slow) {
            enter(stage::receiving, received_ + services_->limits.header);
        }
        if (input_.room().empty()) {
            input_.grow(services_->limits.request.head);
        }
        const std::size_t bytes = co_await read_into(input_.room());
        if (bytes == 0) {
            co_return give_up();
        }
        input_.commit(bytes);
    }
}

session::received session::accept_head() {
    auto found = services_->routes.find(head_.method, head_.path);
    if (auto* refused = std::get_if<response>(&found)) {
        if (!has_whole_body()) {
            return refuse(std::move(*refused));
        }
        take_in_place();
        refusal_ = std::move(*refused);
        return received::refused;
    }
    handler_ = std::get<const handler*>(found);
    if (head_.method == http_method::post && !head_.content_length && !head_.is_chunked) {
        return refuse(refusal{411, "a Content-Length is required"});
    }
    return received::whole;
}

bool session::has_whole_body() const noexcept {
    return !head_.is_chunked
           && head_.content_length.value_or(0) <= input_.bytes().size() - head_.size;
}

void session::take_in_place() {
    in_place_ = static_cast<std::size_t>(head_.content_length.value_or(0));
    content_ = input_.bytes().subspan(head_.size, in_place_);
}

awaitable<session::received> session::receive_body() {
    const bool has_begun = input_.bytes().size() > head_.size;
    if (head_.expects_continue && !has_begun && !co_await write("HTTP/1.1 100 Continue\r\n\r\n")) {
        co_return received::gone;
    }
    body_begun_ = steady::now();
    if (head_.is_chunked) {
        co_return co_await receive_chunked();
    }
    const auto length = static_cast<std::size_t>(*head_.content_length);
    enter(stage::receiving, body_begun_ + time_for_body(length));
    if (head_.size + length <= input_.capacity()) {
        co_return co_await receive_in_place(length);
    }
    co_return co_await receive_apart(length);
}

std::chrono::milliseconds session::time_for_body(std::size_t size) const {
    const auto mibs = static_cast<std::int64_t>(size / mib);
    return services_->limits.body + services_->limits.body_per_mib * mibs;
}

awaitable<session::received> session::receive_in_place(std::size_t length) {
    while (input_.bytes().size() < head_.size + length) {
        const std::size_t bytes = co_await read_into(input_.room());
        if (bytes == 0) {
            co_return give_up();
        }
        input_.commit(bytes);
    }
    take_in_place();
    co_return received::whole;
}

awaitable<session::received> session::receive_apart(std::size_t length) {
    const auto early = input_.bytes().subspan(head_.size);
    std::size_t size = in_place_ = early.size();
    if (!charge_.grow(size)) {
        co_return shed();
    }
    body_.reserve(std::min(length, std::max(first_piece, size)));
    std::memcpy(body_.all().data(), early.data(), size);
    while (size < length) {
        if (size == body_.capacity()) {
            body_.reserve(std::min(length, 2 * size));
        }
        const std::size_t bytes = co_await read_into(body_.all().subspan(size));
        if (bytes == 0) {
            co_return give_up();
        }
        if (!charge_.grow(bytes)) {
            co_return shed();
        }
        size += bytes;
    }
    content_ = std::as_const(body_).all().first(length);
    co_return received::whole;
}

awaitable<session::received> session::receive_chunked() {
    enter(stage::receiving, body_begun_ + time_for_body(0));
    for (;;) {
        const std::size_t before = parser_->chunked_body().size();
        const auto got = parser_->parse_chunks(input_.bytes().subspan(head_.size));
        input_.drop_behind(head_.size, got.used);
        const std::size_t size = parser_->chunked_body().size();
        if (!charge_.grow(size - before)) {
            co_return shed();
        }
        switch (got.what) {
        case request_parser::progress::complete:
            content_ = parser_->chunked_body();
            co_return received::whole;
        case request_parser::progress::refused:
            co_return refuse(parser_->why());
        case request_parser::progress::need_more:
            break;
        }
        extend(body_begun_ + time_for_body(size));
        if (input_.room().empty()) {
            co_return refuse(refusal{400, "a chunk's header is too long"});
        }
        const std::size_t bytes = co_await read_into(input_.room());
        if (bytes == 0) {
            co_return give_up();
        }
        input_.commit(bytes);
    }
}

session::received session::refuse(response with) {
    unread_ = true;
    refusal_ = std::move(with);
    return received::refused;
}

session::received session::refuse(refusal why) {
    return refuse(plain_text(why.status, why.reason));
}

session::received session::give_up() {
    if (!expired_) {
        return received::gone;
    }
    expired_ = false; // so that the answer is still written
    return refuse(refusal{408, "the request did not arrive in time"});
}

session::received session::shed() {
    constexpr std::string_view why = "too many bytes in flight";
    return refuse(server::shed(services_->budget, head_.query, received_, why));
}

request_view session::view() const {
    return {head_.method, head_.path, head_.query, head_.content_type, content_, received_};
}

awaitable<bool> session::answer(response what) {
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
    if (!co_await write(text)) {
        co_return false;
    }
    if (keeps) {
        enter_for(stage::idle, services_->limits.idle);
    }
    co_return keeps;
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
    const auto [failure] = co_await stream_->wait(what);
    co_return !failure && !expired_;
}

// At least one byte, or 0 when the peer or our patience has ended. Requires: room.
awaitable<std::size_t> session::read_into(std::span<char> room) {
    for (;;) {
        const io_result got = stream_->read_some(room);
        if (got.status == io_status::done) {
            burst_ += got.bytes;
            if (burst_ >= longest_burst) {
                burst_ = 0;
                co_await asio::post(stream_->runs_on(), use_token);
            }
            co_return expired_ ? 0 : got.bytes;
        }
        burst_ = 0;
        if (got.status == io_status::closed || got.status == io_status::failed
            || !co_await ready(got.status)) {
            co_return 0;
        }
    }
}

// `bytes` need to live only until this waits for the first time.
awaitable<bool> session::write(std::string_view bytes) {
    io_result sent = stream_->write_some(bytes);
    if (sent.status == io_status::done && sent.bytes == bytes.size()) {
        co_return true;
    }
    const std::string rest(bytes.substr(sent.bytes));
    std::size_t written = 0;
    enter(stage::answering, steady::now() + services_->limits.write);
    while (sent.status != io_status::closed && sent.status != io_status::failed) {
        if (sent.status != io_status::done && !co_await ready(sent.status)) {
            co_return false;
        }
        sent = stream_->write_some(std::string_view(rest).substr(written));
        written += sent.bytes;
        if (written == rest.size()) {
            co_return true;
        }
    }
    co_return false;
}

} // namespace gatehouse::server
