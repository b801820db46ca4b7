#include "server/tls_stream.h"

#include "server/socket_bio.h"

#include <algorithm>
#include <climits>
#include <utility>

namespace gatehouse::server {

namespace {

/// SSL_get_error wants an empty queue. It nearly always is, and clearing costs as much as a small write.
void forget_old_errors() {
    if (ERR_peek_error() != 0) {
        ERR_clear_error();
    }
}

int length(std::size_t bytes) { return static_cast<int>(std::min<std::size_t>(bytes, INT_MAX)); }

} // namespace

std::unique_ptr<byte_stream> tls_stream::make(tcp_socket socket, const tls_context& context) {
    ssl_ptr ssl(SSL_new(context.native()));
    if (ssl == nullptr) {
        ERR_clear_error();
        return nullptr;
    }
    std::unique_ptr<tls_stream> made(new tls_stream(std::move(socket), std::move(ssl)));
    bio_ptr below = make_socket_bio(made->socket());
    if (below == nullptr) {
        ERR_clear_error();
        return nullptr;
    }
    SSL* const native = made->ssl_.get();
    SSL_set0_rbio(native, below.get());
    BIO_up_ref(below.get());
    SSL_set0_wbio(native, below.release());
    SSL_set_accept_state(native);
    SSL_set_mode(
        native,
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
            | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    );
    SSL_set_read_ahead(native, 1);
    return made;
}

tls_stream::tls_stream(tcp_socket socket, ssl_ptr ssl)
    : byte_stream(std::move(socket)), ssl_(std::move(ssl)) {}

io_result tls_stream::outcome(int returned) {
    if (returned > 0) {
        return {io_status::done, static_cast<std::size_t>(returned)};
    }
    switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
        return {io_status::want_read};
    case SSL_ERROR_WANT_WRITE:
        return {io_status::want_write};
    case SSL_ERROR_ZERO_RETURN:
        return {io_status::closed};
    default:
        broken_ = true;
        ERR_clear_error();
        return {io_status::failed};
    }
}

io_result tls_stream::handshake() {
    forget_old_errors();
    return outcome(SSL_do_handshake(ssl_.get()));
}

io_result tls_stream::read_some(std::span<char> to) {
    forget_old_errors();
    return outcome(SSL_read(ssl_.get(), to.data(), length(to.size())));
}

io_result tls_stream::write_some(std::span<const char> from) {
    forget_old_errors();
    return outcome(SSL_write(ssl_.get(), from.data(), length(from.size())));
}

io_result tls_stream::say_goodbye() {
    if (broken_ || SSL_in_init(ssl_.get()) != 0) {
        return {io_status::failed};
    }
    forget_old_errors();
    const int returned = SSL_shutdown(ssl_.get());
    // 0: ours is sent and the peer's has not come, which is all that is wanted here.
    return returned == 0 ? io_result{io_status::done} : outcome(returned);
}

bool tls_stream::may_have_more() const {
    return !socket().is_drained() || SSL_has_pending(ssl_.get()) == 1;
}

} // namespace gatehouse::server
