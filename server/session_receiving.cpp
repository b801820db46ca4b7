// How a session takes in one request: its header, its body in place, apart or in chunks, and what refuses it.
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

// At least one byte of the next request.
session::received session::first_bytes() {
    input_.begin_message();
    if (input_.empty()) {
        blocked_by_ = io_status::want_read;
        if (!stream_->may_have_more()) {
            return received::in_part;
        }
        const io_result got = stream_->read_some(input_.room());
        if (got.status == io_status::closed || got.status == io_status::failed) {
            return received::gone;
        }
        if (got.status != io_status::done) {
            blocked_by_ = got.status;
            return received::in_part;
        }
        input_.commit(got.bytes);
    }
    received_ = steady::now();
    parser_.emplace(services_->limits.request);
    return received::whole;
}

session::received session::parse_head() {
    switch (parser_->parse_head(input_.bytes())) {
    case request_parser::progress::complete:
        head_ = parser_->head(input_.bytes());
        return received::whole;
    case request_parser::progress::refused:
        return refuse(parser_->why());
    case request_parser::progress::need_more:
        break;
    }
    return received::in_part;
}

// The rest of a header that came in part.
awaitable<session::received> session::receive_head() {
    enter(stage::receiving, received_ + services_->limits.header);
    received how = received::in_part;
    while (how == received::in_part) {
        if (input_.room().empty()) {
            input_.grow(services_->limits.request.head);
        }
        const std::size_t bytes = co_await read_into(input_.room());
        if (bytes == 0) {
            co_return give_up();
        }
        input_.commit(bytes);
        how = parse_head();
    }
    co_return how;
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
    if (!has_whole_body()) {
        return received::in_part;
    }
    take_in_place();
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

} // namespace gatehouse::server
