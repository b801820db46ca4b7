#pragma once
// One HTTP exchange over a stream that is open: writes the request, reads the answer that counts, within its
// bounds. Loop thread only; used by http_connection, which has the streams.

#include "policy/evidence.h"
#include "server/http_message.h"
#include "server/net.h"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::server {

using tls_client_stream = asio::ssl::stream<tcp_socket>;

/// Of everything before a body.
inline constexpr std::uint32_t http_header_limit = 64 * 1024;

/// What came of one exchange.
struct exchanged {
    policy::fact<http_response> answer;
    bool may_be_reused = false;
    /// Nothing of an answer came: a pooled connection had been closed at the other end.
    bool was_stale = false;
};

/// For messages: printable and cut.
[[nodiscard]] std::string shown_host(std::string_view host);

/// "registry.example:5000", "[::1]:443".
[[nodiscard]] std::string host_and_port(std::string_view host, std::uint16_t port);

/// `buffer` holds what has been read and not used, and outlives this as the stream does.
[[nodiscard]] awaitable<exchanged> carry_exchange(
    tcp_socket* stream,
    boost::beast::flat_buffer* buffer,
    http_request request
);
[[nodiscard]] awaitable<exchanged> carry_exchange(
    tls_client_stream* stream,
    boost::beast::flat_buffer* buffer,
    http_request request
);

} // namespace gatehouse::server
