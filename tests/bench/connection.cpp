#include "tests/bench/connection.h"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

namespace gatehouse::bench {

namespace {

constexpr std::string_view head_end = "\r\n\r\n";
/// Holds the records of a large pod, so that they leave in one system call: what the client saves, it
/// need not be the bottleneck for.
constexpr long write_buffer_bytes = 72 * 1024;

std::string error_text() {
    const unsigned long code = ERR_get_error();
    return code == 0 ? std::string("connection closed") : ERR_reason_error_string(code);
}

/// The value of Content-Length, whichever case it is written in.
std::optional<std::size_t> content_length(std::string_view head) {
    constexpr std::string_view name = "\r\ncontent-length:";
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    const auto* found = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
    if (found == head.end()) {
        return std::nullopt;
    }
    const auto* digits = found + name.size();
    while (digits != head.end() && *digits == ' ') {
        ++digits;
    }
    std::size_t value = 0;
    if (std::from_chars(digits, head.end(), value).ec != std::errc{}) {
        return std::nullopt;
    }
    return value;
}

} // namespace

ssl_ctx_ptr make_client_context() {
    ssl_ctx_ptr context(SSL_CTX_new(TLS_client_method()));
    if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1
        || SSL_CTX_set_ciphersuites(
               context.get(),
               "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
           ) != 1) {
        throw std::runtime_error("cannot make a TLS context: " + error_text());
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(
        context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    );
    SSL_CTX_set_read_ahead(context.get(), 1);
    return context;
}

sockaddr_in loopback(std::uint16_t port) noexcept {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

connection::connection(SSL_CTX& context, const sockaddr_in& to)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      ssl_(SSL_new(&context)) {
    if (descriptor_ < 0 || !ssl_ || !join()) {
        fail("cannot make a socket");
        return;
    }
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr generic{};
    static_assert(sizeof generic == sizeof to);
    std::memcpy(&generic, &to, sizeof to);
    if (::connect(descriptor_, &generic, sizeof generic) != 0 && errno != EINPROGRESS) {
        fail(std::string("connect: ") + std::strerror(errno));
    }
}

bool connection::join() {
    BIO* socket = BIO_new_socket(descriptor_, BIO_NOCLOSE);
    BIO* buffer = BIO_new(BIO_f_buffer());
    if (socket == nullptr || buffer == nullptr
        || BIO_set_write_buffer_size(buffer, write_buffer_bytes) != 1) {
        BIO_free(socket);
        BIO_free(buffer);
        return false;
    }
    BIO_up_ref(socket);
    SSL_set0_rbio(ssl_.get(), socket);
    SSL_set0_wbio(ssl_.get(), BIO_push(buffer, socket));
    return true;
}

connection::~connection() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

void connection::fail(std::string why) {
    state_ = state::failed;
    failure_ = std::move(why);
}

bool connection::must_wait(int result, std::string_view doing) {
    const int saved = errno;
    const int reason = SSL_get_error(ssl_.get(), result);
    if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) {
        return true;
    }
    fail(
        std::string(doing) + ": "
        + (reason == SSL_ERROR_SYSCALL && saved != 0 ? std::strerror(saved) : error_text())
    );
    return false;
}

bool connection::advance() {
    switch (state_) {
    case state::connecting:
        return finish_connect();
    case state::handshaking:
        return finish_handshake();
    case state::sending:
        return finish_send();
    case state::receiving:
        return finish_receive();
    case state::idle:
    case state::failed:
        return false;
    }
    return false;
}

bool connection::finish_connect() {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        fail(std::string("connect: ") + std::strerror(error));
        return false;
    }
    state_ = state::handshaking;
    return finish_handshake();
}

bool connection::finish_handshake() {
    ERR_clear_error();
    const int result = SSL_connect(ssl_.get());
    if (result == 1) {
        state_ = state::idle;
    } else {
        // Before the socket is connected this waits like any other read or write.
        static_cast<void>(must_wait(result, "handshake"));
    }
    return false;
}

void connection::send(std::span<const char> request) {
    unsent_ = request;
    received_bytes_ = 0;
    state_ = state::sending;
    if (write_rest()) {
        state_ = state::receiving;
    }
}

bool connection::write_rest() {
    while (!unsent_.empty()) {
        ERR_clear_error();
        std::size_t written = 0;
        const int result = SSL_write_ex(ssl_.get(), unsent_.data(), unsent_.size(), &written);
        if (result != 1) {
            static_cast<void>(must_wait(result, "write"));
            return false;
        }
        unsent_ = unsent_.subspan(written);
    }
    BIO* out = SSL_get_wbio(ssl_.get());
    if (BIO_flush(out) <= 0) {
        if (BIO_should_retry(out) == 0) {
            fail(std::string("write: ") + std::strerror(errno));
        }
        return false;
    }
    return true;
}

bool connection::finish_send() {
    if (write_rest()) {
        state_ = state::receiving;
    }
    // A server may refuse a long body before all of it has been sent. The answer may have come with
    // the event that let the last bytes out, and no other event follows.
    return state_ != state::failed && finish_receive();
}

bool connection::finish_receive() {
    while (true) {
        ERR_clear_error();
        if (received_bytes_ == received_.size()) {
            if (received_.size() >= most_answer_bytes) {
                fail("answer too long");
                return false;
            }
            received_.resize(received_.size() * 2);
        }
        std::size_t read = 0;
        const int result = SSL_read_ex(
            ssl_.get(),
            received_.data() + received_bytes_,
            received_.size() - received_bytes_,
            &read
        );
        if (result != 1) {
            static_cast<void>(must_wait(result, "read"));
            return false;
        }
        received_bytes_ += read;
        if (parse_answer()) {
            state_ = state::idle;
            return true;
        }
        if (state_ == state::failed) {
            return false;
        }
    }
}

bool connection::parse_answer() {
    const std::string_view text(received_.data(), received_bytes_);
    const std::size_t head = text.find(head_end);
    if (head == std::string_view::npos) {
        return false;
    }
    const auto body = content_length(text.substr(0, head));
    constexpr std::string_view version = "HTTP/1.1 ";
    if (!text.starts_with(version) || !body.has_value()) {
        fail("not an HTTP/1.1 answer with a Content-Length");
        return false;
    }
    const std::size_t whole = head + head_end.size() + *body;
    if (received_bytes_ < whole) {
        return false;
    }
    if (received_bytes_ > whole) {
        fail("more bytes than the answer's Content-Length");
        return false;
    }
    unsigned status = 0;
    std::from_chars(text.data() + version.size(), text.data() + head, status);
    answer_ = {.status = status, .body = text.substr(head + head_end.size())};
    return true;
}

void connection::say_goodbye() noexcept {
    if (state_ == state::idle) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
}

} // namespace gatehouse::bench
