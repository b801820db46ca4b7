#pragma once
// The names that everything which waits agrees on: one loop type without type erasure, its
// awaitable, its sockets, and the one completion token. Whoever awaits gets (error_code, value) and
// looks at the code on the next line. One loop thread owns every resource (docs/decisions/0003).

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace gatehouse::server {

namespace asio = boost::asio;

using boost::system::error_code;
using tcp = asio::ip::tcp;
using loop = asio::io_context;
using executor = loop::executor_type;

template <class T>
using awaitable = asio::awaitable<T, executor>;

using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;
using steady = std::chrono::steady_clock;
using steady_timer = asio::basic_waitable_timer<steady, asio::wait_traits<steady>, executor>;

/// The only completion token of server/.
inline constexpr auto use_token = asio::as_tuple(asio::use_awaitable_t<executor>{});

} // namespace gatehouse::server
