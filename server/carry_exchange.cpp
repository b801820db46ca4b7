#include "server/carry_exchange.h"

#include "policy/text.h"
#include "server/body_sink.h"

#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace gatehouse::server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

using policy::failure_cause;
using policy::fetch_failure;
using text_request = http::request<http::string_body>;

constexpr std::size_t most_headers = 256;
constexpr int most_interim_answers = 8;
/// Of a body that is handed on as it comes.
constexpr std::size_t block_size = 64 * 1024;
constexpr std::size_t longest_reason = 16 * 1024;

std::string host_header(const http_request& request) {
    const bool is_usual = request.port == (request.scheme == url_scheme::https ? 443 : 80);
    if (!is_usual) {
        return host_and_port(request.host, request.port);
    }
    const bool is_ipv6 = request.host.find(':') != std::string::npos;
    return is_ipv6 ? fmt::format("[{}]", request.host) : request.host;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_http_token_character);
}

/// Nothing in it can end a line or begin another request: parts of it come from registries.
bool is_sendable(const http_request& request) {
    const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
    const auto is_text = [](char c) { return c >= ' ' ? c != '\x7f' : c == '\t'; };
    return is_token(request.method) && request.target.starts_with('/')
           && std::ranges::all_of(request.target, is_visible)
           && std::ranges::all_of(request.headers, [&](const auto& header) {
                  return is_token(header.first) && std::ranges::all_of(header.second, is_text);
              });
}

text_request message_of(const http_request& from) {
    text_request out;
    out.method_string(from.method);
    out.target(from.target);
    out.version(11);
    for (const auto& [name, value] : from.headers) {
        out.insert(name, value);
    }
    out.set(http::field::host, host_header(from));
    out.set(http::field::user_agent, "gatehouse");
    out.set(http::field::accept_encoding, "identity");
    out.body() = from.body;
    out.prepare_payload();
    return out;
}

fetch_failure read_failure(const error_code& what, const std::string& host, std::size_t limit) {
    if (what == http::error::body_limit) {
        return {
            failure_cause::too_large,
            fmt::format("{} answered with more than {} bytes", shown_host(host), limit)};
    }
    if (what == http::error::header_limit || what == http::error::buffer_overflow) {
        return {
            failure_cause::too_large,
            fmt::format("{} answered with endless headers", shown_host(host))};
    }
    if (what == http::error::end_of_stream || what == http::error::partial_message
        || what == asio::error::eof || what == asio::ssl::error::stream_truncated) {
        return {
            failure_cause::connect,
            fmt::format("{} closed the connection before its answer was whole", shown_host(host))};
    }
    if (what.category() == http::make_error_code(http::error::bad_value).category()) {
        return {
            failure_cause::malformed,
            fmt::format("{} answered with what is no HTTP: {}", shown_host(host), what.message())};
    }
    return {
        failure_cause::connect,
        fmt::format("the connection to {} broke: {}", shown_host(host), what.message())};
}

fetch_failure endless_interim(std::string_view host) {
    return {
        failure_cause::malformed,
        fmt::format("{} sent interim answers instead of an answer", shown_host(host))};
}

exchanged failed(fetch_failure why) { return {std::move(why)}; }

/// Without the body.
template <class Body>
http_response head_of(const http::response<Body>& from) {
    http_response out;
    out.status = from.result_int();
    for (const auto& field : from) {
        if (out.headers.size() == most_headers) {
            break;
        }
        out.headers.emplace_back(
            policy::lower({field.name_string().data(), field.name_string().size()}),
            std::string(field.value().data(), field.value().size())
        );
    }
    return out;
}

http_response response_of(http::response<http::string_body>&& from) {
    http_response out = head_of(from);
    out.body = std::move(from.body());
    return out;
}

/// Reads up to the end of the header that counts: interim answers (RFC 9110 section 15.2) come before it. Nothing
/// where `parser` holds it; else how the exchange ended.
template <class Body, class Stream>
awaitable<std::optional<exchanged>> read_header(
    Stream* stream,
    beast::flat_buffer* buffer,
    const http_request* request,
    std::optional<http::response_parser<Body>>* parser
) {
    for (int interim = 0; interim <= most_interim_answers; ++interim) {
        parser->emplace();
        (*parser)->header_limit(http_header_limit);
        (*parser)->body_limit(request->most_body_bytes);
        (*parser)->skip(request->method == "HEAD");
        const auto [not_read, read] =
            co_await http::async_read_header(*stream, *buffer, **parser, use_token);
        if (not_read) {
            exchanged out = failed(read_failure(not_read, request->host, request->most_body_bytes));
            out.was_stale =
                interim == 0 && !(*parser)->got_some() && not_read != http::error::body_limit;
            co_return out;
        }
        const unsigned status = (*parser)->get().result_int();
        if (status == 101) {
            break; // to a protocol that nobody asked for
        }
        if (status / 100 != 1) {
            co_return std::nullopt;
        }
    }
    co_return failed(endless_interim(request->host));
}

/// Hands the body on as it comes: at most as much as the request allows, and never held whole.
template <class Stream>
awaitable<exchanged> pass_body(
    Stream* stream,
    beast::flat_buffer* buffer,
    const http_request* request,
    http::response_parser<http::buffer_body>* parser
) {
    exchanged out{.answer = fetch_failure{}};
    const auto block = std::make_unique<std::array<char, block_size>>();
    while (!parser->is_done()) {
        parser->get().body().data = block->data();
        parser->get().body().size = block->size();
        error_code failure;
        if (request->body_to->is_live()) {
            const auto [stopped, some] =
                co_await http::async_read_some(*stream, *buffer, *parser, use_token);
            failure = stopped;
        } else {
            const auto [stopped, some] =
                co_await http::async_read(*stream, *buffer, *parser, use_token);
            failure = stopped;
        }
        if (failure && failure != http::error::need_buffer) {
            out.answer = read_failure(failure, request->host, request->most_body_bytes);
            co_return out;
        }
        const std::span<const char> arrived(
            block->data(), block->size() - parser->get().body().size
        );
        bool is_wanted = true;
        if (!arrived.empty()) {
            is_wanted = co_await request->body_to->write(arrived);
        }
        if (!is_wanted) {
            out.answer = head_of(parser->get());
            co_return out;
        }
    }
    out.may_be_reused = parser->keep_alive() && buffer->size() == 0;
    out.answer = head_of(parser->get());
    co_return out;
}

/// The beginning of a body that is not what somebody takes: it says why not. As much as comes without a fault.
template <class Stream>
awaitable<std::string> read_reason(
    Stream* stream,
    beast::flat_buffer* buffer,
    http::response_parser<http::buffer_body>* parser
) {
    std::string out(longest_reason, '\0');
    parser->get().body().data = out.data();
    parser->get().body().size = out.size();
    static_cast<void>(co_await http::async_read(*stream, *buffer, *parser, use_token));
    out.resize(out.size() - parser->get().body().size);
    co_return out;
}

/// The answer to a request whose body somebody takes.
template <class Stream>
awaitable<exchanged> read_streamed(
    Stream* stream,
    beast::flat_buffer* buffer,
    const http_request* request
) {
    std::optional<http::response_parser<http::buffer_body>> parser;
    auto ended = co_await read_header(stream, buffer, request, &parser);
    if (ended) {
        co_return *std::move(ended);
    }
    if (parser->get().result_int() == 200) {
        co_return co_await pass_body(stream, buffer, request, &*parser);
    }
    // Only who waits for what comes piece by piece asks for the reason; a registry's status says enough.
    std::string reason;
    if (request->body_to->is_live()) {
        reason = co_await read_reason(stream, buffer, &*parser);
    }
    http_response answer = head_of(parser->get());
    answer.body = std::move(reason);
    exchanged out{.answer = std::move(answer)};
    out.may_be_reused = parser->is_done() && parser->keep_alive() && buffer->size() == 0;
    co_return out;
}

template <class Stream>
awaitable<exchanged> read_whole(
    Stream* stream,
    beast::flat_buffer* buffer,
    const http_request* request
) {
    std::optional<http::response_parser<http::string_body>> parser;
    auto ended = co_await read_header(stream, buffer, request, &parser);
    if (ended) {
        co_return *std::move(ended);
    }
    const auto [not_read, read] = co_await http::async_read(*stream, *buffer, *parser, use_token);
    if (not_read) {
        co_return failed(read_failure(not_read, request->host, request->most_body_bytes));
    }
    exchanged out{.answer = fetch_failure{}};
    out.may_be_reused = parser->keep_alive() && buffer->size() == 0;
    out.answer = response_of(parser->release());
    co_return out;
}

template <class Stream>
awaitable<exchanged> carry(Stream* stream, beast::flat_buffer* buffer, http_request request) {
    if (!is_sendable(request)) {
        co_return failed(
            {failure_cause::malformed,
             fmt::format(
                 "{} is asked for something that HTTP cannot carry", shown_host(request.host)
             )}
        );
    }
    text_request message = message_of(request);
    http::request_serializer<http::string_body> serializer(message);
    const auto [not_written, written] = co_await http::async_write(*stream, serializer, use_token);
    if (not_written) {
        exchanged out = failed(read_failure(not_written, request.host, request.most_body_bytes));
        out.was_stale = true;
        co_return out;
    }
    if (request.body_to) {
        co_return co_await read_streamed(stream, buffer, &request);
    }
    co_return co_await read_whole(stream, buffer, &request);
}

} // namespace

std::string shown_host(std::string_view host) { return policy::plain_or_quoted(host, 100); }

std::string host_and_port(std::string_view host, std::uint16_t port) {
    const bool is_ipv6 = host.find(':') != std::string_view::npos;
    return fmt::format(fmt::runtime(is_ipv6 ? "[{}]:{}" : "{}:{}"), host, port);
}

awaitable<exchanged> carry_exchange(
    tcp_socket* stream,
    beast::flat_buffer* buffer,
    http_request request
) {
    return carry(stream, buffer, std::move(request));
}

awaitable<exchanged> carry_exchange(
    tls_client_stream* stream,
    beast::flat_buffer* buffer,
    http_request request
) {
    return carry(stream, buffer, std::move(request));
}

} // namespace gatehouse::server
