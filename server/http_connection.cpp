#include "server/http_connection.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

namespace gatehouse::server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

using policy::failure_cause;
using policy::fetch_failure;

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
                shown_host(host),
                X509_verify_cert_error_string(verified),
                certificate_remedy(peers, verified)
            )};
    }
    return {
        failure_cause::tls_handshake,
        fmt::format("no TLS connection could be made to {}: {}", shown_host(host), what.message())};
}

/// SNI; OpenSSL's macro for it casts as C does.
bool set_server_name(SSL* ssl, std::string& host) {
    return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1;
}

void set_probes(int socket) {
    const int idle = 20;
    const int interval = 10;
    const int count = 3;
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
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
    std::optional<tls_client_stream> tls;
    beast::flat_buffer buffer{http_header_limit + 64 * 1024};
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

awaitable<fetch_failure> http_connection::connect(tcp::endpoint to) {
    tcp_socket& socket = streams_->socket();
    const auto [failure] = co_await socket.async_connect(to, use_token);
    if (failure) {
        co_return fetch_failure{
            failure_cause::connect,
            fmt::format(
                "no connection to {} ({}): {}",
                shown_host(host_),
                host_and_port(to.address().to_string(), to.port()),
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
    http::request<http::empty_body> message(http::verb::connect, host_and_port(host, port), 11);
    message.set(http::field::host, host_and_port(host, port));
    tcp_socket& socket = streams_->socket();
    http::request_serializer<http::empty_body> serializer(message);
    const auto [not_written, written] = co_await http::async_write(socket, serializer, use_token);
    http::response_parser<http::empty_body> parser;
    parser.header_limit(http_header_limit);
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
            fmt::format("the proxy gave no way to {}: {}", shown_host(host), failure.message())};
    }
    if (parser.get().result_int() / 100 != 2) {
        co_return fetch_failure{
            failure_cause::connect,
            fmt::format(
                "the proxy refused the way to {} with HTTP {}",
                shown_host(host),
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
            fmt::format("{} cannot be the name of a TLS server", shown_host(host_))};
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

awaitable<exchanged> http_connection::exchange(http_request request) {
    return streams_->tls ? carry_exchange(&*streams_->tls, &streams_->buffer, std::move(request))
                         : carry_exchange(&streams_->plain, &streams_->buffer, std::move(request));
}

} // namespace gatehouse::server
