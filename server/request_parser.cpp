#include "server/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

#include <algorithm>
#include <cstring>

namespace gatehouse::server {

namespace http = boost::beast::http;

namespace {

http_method method_of(http::verb verb) {
    if (verb == http::verb::post) {
        return http_method::post;
    }
    if (verb == http::verb::get) {
        return http_method::get;
    }
    return verb == http::verb::head ? http_method::head : http_method::other;
}

std::string_view part_of(std::span<const char> bytes, std::size_t at, std::size_t size) {
    return {bytes.data() + at, size};
}

} // namespace

request_parser::request_parser(const request_limits& limits) : head_limit_(limits.head) {
    base::header_limit(limits.head);
    base::body_limit(limits.body);
}

request_parser::progress request_parser::parse_head(std::span<const char> bytes) {
    bytes_ = bytes.first(std::min(bytes.size(), head_limit_));
    failure_ = {};
    // Beast stops behind the request line and behind the header. Its limit holds for each; ours for
    // both.
    while (!is_header_done() && !failure_ && used_ < bytes_.size()) {
        const auto rest = bytes_.subspan(used_);
        used_ += put(asio::const_buffer(rest.data(), rest.size()), failure_);
    }
    if (is_header_done() && !failure_) {
        return progress::complete;
    }
    if (failure_ && failure_ != http::error::need_more) {
        return progress::refused;
    }
    if (bytes.size() >= head_limit_) {
        failure_ = http::error::header_limit;
        return progress::refused;
    }
    return progress::need_more;
}

request_head request_parser::head(std::span<const char> bytes) const {
    request_head found;
    const std::string_view target = part_of(bytes, target_.at, target_.size);
    const auto question = target.find('?');
    found.method = method_;
    found.path = target.substr(0, question);
    found.query = question == target.npos ? std::string_view{} : target.substr(question + 1);
    found.content_type = part_of(bytes, content_type_.at, content_type_.size);
    found.size = used_;
    if (const auto length = content_length()) {
        found.content_length = *length;
    }
    found.is_chunked = chunked();
    found.is_http11 = is_http11_;
    found.keeps_alive = keep_alive();
    found.expects_continue = expects_continue_ && is_http11_;
    return found;
}

request_parser::decoded request_parser::parse_chunks(std::span<const char> bytes) {
    decoded result;
    bytes_ = bytes;
    failure_ = {};
    // The shortest rest of a chunked body has five bytes, and Beast's parser relies on seeing them
    // at once.
    constexpr std::size_t shortest_rest = 5;
    while (!is_done() && !failure_ && bytes.size() - result.used >= shortest_rest) {
        const auto rest = bytes.subspan(result.used);
        result.used += put(asio::const_buffer(rest.data(), rest.size()), failure_);
    }
    if (!is_done() && !failure_ && !can_go_on_with(bytes.subspan(result.used))) {
        failure_ = http::error::bad_chunk;
    }
    if (is_done() && !failure_) {
        result.what = progress::complete;
    } else if (failure_ && failure_ != http::error::need_more) {
        result.what = progress::refused;
    }
    return result;
}

refusal request_parser::why() const {
    if (unknown_coding_) {
        return {501, "a transfer coding other than chunked"};
    }
    if (failure_ == http::error::header_limit) {
        return {431, "the header is too large"};
    }
    if (failure_ == http::error::body_limit) {
        return {413, "the body is too large"};
    }
    if (failure_ == http::error::bad_version) {
        return {505, "HTTP/1.1 and HTTP/1.0 only"};
    }
    return {400, "not an HTTP request: " + failure_.message()};
}

void request_parser::on_request_impl(verb method, text, text target, int version, error_code&) {
    method_ = method_of(method);
    target_ = within(target);
    is_http11_ = version == 11;
}

void request_parser::on_field_impl(field name, text, text value, error_code& failure) {
    if (is_header_done()) {
        return; // a trailer of a chunked body; none of them means anything here
    }
    if (!value.empty() && !is_within(value)) {
        failure =
            http::error::bad_obs_fold; // unfolded by Beast into memory of its own (RFC 9112, 5.2)
        return;
    }
    if (name == field::content_type && content_type_.size == 0 && !value.empty()) {
        content_type_ = within(value);
    } else if (name == field::expect) {
        expects_continue_ = boost::beast::iequals(value, "100-continue");
    } else if (name == field::transfer_encoding) {
        if (!boost::beast::iequals(value, "chunked")) {
            unknown_coding_ = true;
            failure = http::error::bad_transfer_encoding;
        } else if (!is_http11_) {
            failure = http::error::bad_transfer_encoding; // RFC 9112, 6.1: a faulty framing
        }
    }
}

// A body with a length does not pass through the parser.
std::size_t request_parser::on_body_impl(text body, error_code& failure) {
    failure = http::error::unexpected_body;
    return body.size();
}

void request_parser::on_chunk_header_impl(std::uint64_t size, text, error_code&) {
    chunk_left_ = size;
    is_last_chunk_ = size == 0;
}

std::size_t request_parser::on_chunk_body_impl(std::uint64_t left, text body, error_code&) {
    chunk_left_ = left - body.size();
    const std::size_t wanted = body_size_ + body.size();
    if (wanted > body_.capacity()) {
        constexpr std::size_t least = 64 * 1024;
        body_.reserve(std::max({wanted, 2 * body_.capacity(), least}));
    }
    std::memcpy(body_.all().data() + body_size_, body.data(), body.size());
    body_size_ = wanted;
    return body.size();
}

bool request_parser::can_go_on_with(std::span<const char> rest) const {
    if (rest.empty() || chunk_left_ != 0 || is_last_chunk_) {
        return true;
    }
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    constexpr std::string_view line_break = "\r\n";
    // The line break behind a chunk's data is still in front of the next size.
    std::string_view next(rest.data(), rest.size());
    if (next.front() == line_break.front()) {
        next.remove_prefix(std::min(line_break.size(), next.size()));
    }
    return next.empty() || digits.find(next.front()) != std::string_view::npos;
}

bool request_parser::is_within(text part) const {
    return part.data() >= bytes_.data() && part.data() < bytes_.data() + bytes_.size();
}

request_parser::range request_parser::within(text part) const {
    return {static_cast<std::size_t>(part.data() - bytes_.data()), part.size()};
}

} // namespace gatehouse::server
