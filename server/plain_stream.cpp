#include "server/plain_stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <utility>

namespace gatehouse::server {

namespace {

io_result outcome(std::size_t bytes, const error_code& failure, io_status again) {
    if (!failure) {
        return {io_status::done, bytes};
    }
    if (failure == asio::error::would_block || failure == asio::error::try_again) {
        return {again};
    }
    return {failure == asio::error::eof ? io_status::closed : io_status::failed};
}

} // namespace

plain_stream::plain_stream(tcp_socket socket) : byte_stream(std::move(socket)) {
    error_code ignored; // a socket that cannot be set fails at its first use
    this->socket().non_blocking(true, ignored);
}

io_result plain_stream::read_some(std::span<char> to) {
    error_code failure;
    const auto bytes = socket().read_some(asio::buffer(to.data(), to.size()), failure);
    return outcome(bytes, failure, io_status::want_read);
}

io_result plain_stream::write_some(std::span<const char> from) {
    error_code failure;
    const auto bytes = socket().write_some(asio::buffer(from.data(), from.size()), failure);
    return outcome(bytes, failure, io_status::want_write);
}

} // namespace gatehouse::server
