#include "server/http_connection.h"

#include "policy/text.h"
#include "server/body_sink.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
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
using tls_stream_type = asio::ssl::stream<tcp_socket>;
using text_request = http::request<http::string_body>;

constexpr std::uint32_t header_limit = 64 * 1024;
constexpr std::size_t most_headers = 256;
constexpr int most_interim_answers = 8;
/// Of a body that is handed on as it comes.
constexpr std::size_t block_size = 64 * 1024;

std::string shown(std::string_view host) { return policy::plain_or_quoted(host, 100); }

std::string target_of(std::string_view host, std::uint16_t port) {
    const bool is_ipv6 = host.find(':') != std::string_view::npos;
    return fmt::format(fmt::runtime(is_ipv6 ? "[{}]:{}" : "{}:{}"), host, port);
}

std::string host_header(const http_request& request) {
    const bool is_usual = request.port == (request.scheme == url_scheme::https ? 443 : 80);
    if (!is_usual) {
        return target_of(request.host, request.port);
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
            fmt::format("{} answered with more than {} bytes", shown(host), limit)};
    }
    if (what == http::error::header_limit || what == http::error::buffer_overflow) {
        return {
            failure_cause::too_large, fmt::format("{} answered with endless headers", shown(host))};
    }
    if (what == http::error::end_of_stream || what == http::error::partial_message
        || what == asio::error::eof || what == asio::ssl::error::stream_truncated) {
        return {
            failure_cause::connect,
            fmt::format("{} closed the connection before its answer was whole", shown(host))};
    }
    if (what.category() == http::make_error_code(http::error::bad_value).category()) {
        return {
            failure_cause::malformed,
            fmt::format("{} answered with what is no HTTP: {}", shown(host), what.message())};
    }
    return {
        failure_cause::connect,
        fmt::format("the connection to {} broke: {}", shown(host), what.message())};
}

fetch_failure endless_interim(std::string_view host) {
    return {
        failure_cause::malformed,
        fmt::format("{} sent interim answers instead of an answer", shown(host))};
}

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

/// Hands the body on as it comes: at most as much as the request allows, and never held whole.
template <class Stream>
awaitable<http_connection::exchanged> pass_body(
    Stream* stream,
    beast::flat_buffer* buffer,
    const http_request* request,
    http::response_parser<http::buffer_body>* parser
) {
    http_connection::exchanged out{.answer = fetch_failure{}};
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

/// As exchange_over() from the answer's header on, for requests whose body somebody takes.
template <class Stream>
awaitable<http_connection::exchanged> read_streamed(
    Stream* stream,
    beast::flat_buffer* buffer,
    const http_request* request
) {
    http_connection::exchanged out{.answer = fetch_failure{}};
    for (int interim = 0; interim <= most_interim_answers; ++interim) {
        http::response_parser<http::buffer_body> parser;
        parser.header_limit(header_limit);
        parser.body_limit(request->most_body_bytes);
        const auto [not_read, read] =
            co_await http::async_read_header(*stream, *buffer, parser, use_token);
        if (not_read) {
            out.was_stale =
                interim == 0 && !parser.got_some() && not_read != http::error::body_limit;
            out.answer = read_failure(not_read, request->host, request->most_body_bytes);
            co_return out;
        }
        const unsigned status = parser.get().result_int();
        if (status == 101) {
            break;
        }
        if (status == 200) {
            co_return co_await pass_body(stream, buffer, request, &parser);
        }
        if (status / 100 != 1) {
            out.may_be_reused = parser.is_done() && parser.keep_alive() && buffer->size() == 0;
            out.answer = head_of(parser.get());
            co_return out;
        }
    }
    out.answer = endless_interim(request->host);
    co_return out;
}

template <class Stream>
awaitable<http_connection::exchanged> exchange_over(
    Stream* stream,
    beast::flat_buffer* buffer,
    http_request request
) {
    http_connection::exchanged out{.answer = fetch_failure{}};
    text_request message = message_of(request);
    http::request_serializer<http::string_body> serializer(message);
    const auto [not_written, written] = co_await http::async_write(*stream, serializer, use_token);
    if (not_written) {
        out.was_stale = true;
        out.answer = read_failure(not_written, request.host, request.most_body_bytes);
        co_return out;
    }
    if (request.body_to) {
        co_return co_await read_streamed(stream, buffer, &request);
    }
    // Interim answers (RFC 9110 section 15.2) come before the one that counts.
    for (int interim = 0; interim <= most_interim_answers; ++interim) {
        http::response_parser<http::string_body> parser;
        parser.header_limit(header_limit);
        parser.body_limit(request.most_body_bytes);
        parser.skip(request.method == "HEAD");
        const auto [not_read, read] =
            co_await http::async_read(*stream, *buffer, parser, use_token);
        if (not_read) {
            out.was_stale =
                interim == 0 && !parser.got_some() && not_read != http::error::body_limit;
            out.answer = read_failure(not_read, request.host, request.most_body_bytes);
            co_return out;
        }
        const unsigned status = parser.get().result_int();
        if (status == 101) {
            break; // to a protocol that nobody asked for
        }
        if (status / 100 != 1) {
            out.may_be_reused = parser.keep_alive() && buffer->size() == 0;
            out.answer = response_of(parser.release());
            co_return out;
        }
    }
    out.answer = endless_interim(request.host);
    co_return out;
}

/// What helps, by what is wrong with a certificate.
struct certificate_remedies {
    std::string_view misnamed;
    std::string_view out_of_time;
    std::string_view other;
};

certificate_remedies remedies_of(http_peers peers) {
    switch (peers) {
    case http_peers::registries:
        return {
            "name the registry as its certificate does",
            "the registry needs another one",
            "name its CA in caFile of the registry's entry if it is a private one"};
    case http_peers::webhook:
        return {
            "name the webhook as its certificate does",
            "the webhook needs another one",
            "its CA is expected in --ca-file"};
    case http_peers::api_server:
        break;
    }
    constexpr std::string_view mounted = "its CA is expected in ca.crt of the service account";
    return {mounted, mounted, mounted};
}

std::string_view certificate_remedy(http_peers peers, long verified) {
    const certificate_remedies all = remedies_of(peers);
    switch (verified) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return all.misnamed;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return all.out_of_time;
    default:
        return all.other;
    }
}

fetch_failure handshake_failure(
    SSL* ssl,
    const error_code& what,
    const std::string& host,
    http_peers peers
) {
    const long verified = SSL_get_verify_result(ssl);
    if (verified != X509_V_OK) {
        return {
            failure_cause::bad_certificate,
            fmt::format(
                "the certificate of {} is not to be trusted: {}; {}",
                shown(host),
                X509_verify_cert_error_string(verified),
                certificate_remedy(peers, verified)
            )};
    }
    return {
        failure_cause::tls_handshake,
        fmt::format("no TLS connection could be made to {}: {}", shown(host), what.message())};
}

/// SNI; OpenSSL's macro for it casts as C does.
bool set_server_name(SSL* ssl, std::string& host) {
    return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1;
}

} // namespace

struct http_connection::streams {
    streams(loop& runs_on, std::shared_ptr<asio::ssl::context> context)
        : tls_context(std::move(context)), plain(runs_on) {
        if (tls_context) {
            tls.emplace(runs_on, *tls_context);
        }
    }
    [[nodiscard]] tcp_socket& socket() { return tls ? tls->next_layer() : plain; }

    std::shared_ptr<asio::ssl::context> tls_context;
    tcp_socket plain;
    std::optional<tls_stream_type> tls;
    beast::flat_buffer buffer{header_limit + 64 * 1024};
};

http_connection::http_connection(
    loop& runs_on,
    std::shared_ptr<asio::ssl::context> tls,
    std::string host,
    http_peers peers
)
    : streams_(std::make_unique<streams>(runs_on, std::move(tls))),
      host_(std::move(host)),
      peers_(peers) {}

http_connection::~http_connection() = default;

void http_connection::end() noexcept {
    error_code ignored;
    streams_->socket().close(ignored);
}

namespace {

void set_probes(int socket) {
    const int idle = 20;
    const int interval = 10;
    const int count = 3;
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

} // namespace

awaitable<fetch_failure> http_connection::connect(tcp::endpoint to) {
    tcp_socket& socket = streams_->socket();
    const auto [failure] = co_await socket.async_connect(to, use_token);
    if (failure) {
        co_return fetch_failure{
            failure_cause::connect,
            fmt::format(
                "no connection to {} ({}): {}",
                shown(host_),
                target_of(to.address().to_string(), to.port()),
                failure.message()
            )};
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    // A peer that is gone without a word is noticed within a minute even while nothing is sent: watches.
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    set_probes(socket.native_handle());
    co_return fetch_failure{};
}

awaitable<fetch_failure> http_connection::open_tunnel(std::string host, std::uint16_t port) {
    http::request<http::empty_body> message(http::verb::connect, target_of(host, port), 11);
    message.set(http::field::host, target_of(host, port));
    tcp_socket& socket = streams_->socket();
    http::request_serializer<http::empty_body> serializer(message);
    const auto [not_written, written] = co_await http::async_write(socket, serializer, use_token);
    http::response_parser<http::empty_body> parser;
    parser.header_limit(header_limit);
    parser.skip(true);
    error_code failure = not_written;
    if (!failure) {
        const auto [not_read, read] =
            co_await http::async_read_header(socket, streams_->buffer, parser, use_token);
        failure = not_read;
    }
    if (failure) {
        co_return fetch_failure{
            failure_cause::connect,
            fmt::format("the proxy gave no way to {}: {}", shown(host), failure.message())};
    }
    if (parser.get().result_int() / 100 != 2) {
        co_return fetch_failure{
            failure_cause::connect,
            fmt::format(
                "the proxy refused the way to {} with HTTP {}",
                shown(host),
                parser.get().result_int()
            )};
    }
    streams_->buffer.clear();
    co_return fetch_failure{};
}

awaitable<fetch_failure> http_connection::make_tls() {
    if (!streams_->tls) {
        co_return fetch_failure{};
    }
    SSL* ssl = streams_->tls->native_handle();
    error_code not_an_address;
    asio::ip::make_address(host_, not_an_address);
    const bool is_named = not_an_address.failed();
    const bool is_set =
        is_named ? set_server_name(ssl, host_) && SSL_set1_host(ssl, host_.c_str()) == 1
                 : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host_.c_str()) == 1;
    if (!is_set) {
        ERR_clear_error();
        co_return fetch_failure{
            failure_cause::tls_handshake,
            fmt::format("{} cannot be the name of a TLS server", shown(host_))};
    }
    const auto [failure] =
        co_await streams_->tls->async_handshake(asio::ssl::stream_base::client, use_token);
    co_return failure ? handshake_failure(ssl, failure, host_, peers_) : fetch_failure{};
}

bool http_connection::is_quiet() {
    if (streams_->tls) {
        SSL* ssl = streams_->tls->native_handle();
        if (SSL_has_pending(ssl) == 1 || BIO_pending(SSL_get_rbio(ssl)) > 0) {
            return false;
        }
    }
    char next = 0;
    const auto got =
        recv(streams_->socket().native_handle(), &next, sizeof next, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && errno == EAGAIN;
}

awaitable<http_connection::exchanged> http_connection::exchange(http_request request) {
    if (!is_sendable(request)) {
        exchanged out{.answer = fetch_failure{}};
        out.answer = fetch_failure{
            failure_cause::malformed,
            fmt::format("{} is asked for something that HTTP cannot carry", shown(host_))};
        co_return out;
    }
    if (streams_->tls) {
        co_return co_await exchange_over(&*streams_->tls, &streams_->buffer, std::move(request));
    }
    co_return co_await exchange_over(&streams_->plain, &streams_->buffer, std::move(request));
}

} // namespace gatehouse::server
