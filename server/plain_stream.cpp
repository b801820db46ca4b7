#include "server/plain_stream.h"

#include <cerrno>

namespace gatehouse::server {

namespace {

io_result outcome(std::ptrdiff_t bytes, io_status again) {
    if (bytes > 0) {
        return {io_status::done, static_cast<std::size_t>(bytes)};
    }
    if (bytes == 0) {
        return {io_status::closed};
    }
    return {errno == EAGAIN || errno == EINTR ? again : io_status::failed};
}

} // namespace

io_result plain_stream::read_some(std::span<char> to) {
    return outcome(socket().receive(to), io_status::want_read);
}

io_result plain_stream::write_some(std::span<const char> from) {
    return outcome(socket().send(from), io_status::want_write);
}

} // namespace gatehouse::server
