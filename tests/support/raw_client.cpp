#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace gatehouse::testing_support {
namespace {

constexpr timeval patience{5, 0};

std::string lower(std::string text) {
    for (char& c : text) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    }
    return text;
}

int connected(std::uint16_t port) {
    const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return made;
}

raw_answer head_of(const std::string& text) {
    raw_answer answer;
    answer.status = static_cast<unsigned>(std::atoi(text.substr(9, 3).c_str()));
    std::size_t at = text.find("\r\n") + 2;
    while (at < text.size()) {
        const std::size_t end = text.find("\r\n", at);
        const std::size_t colon = text.find(": ", at);
        answer.fields[lower(text.substr(at, colon - at))] = text.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    return answer;
}

} // namespace

bool raw_answer::closes() const {
    const auto found = fields.find("connection");
    return found != fields.end() && found->second == "close";
}

raw_client::raw_client(std::uint16_t port, transport over) : socket_(connected(port)) {
    std::signal(SIGPIPE, SIG_IGN);
    if (over == transport::tls) {
        context_.reset(SSL_CTX_new(TLS_client_method()));
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), socket_);
        EXPECT_EQ(SSL_connect(ssl_.get()), 1) << server::take_openssl_error();
    }
}

raw_client::~raw_client() { close(socket_); }

bool raw_client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            ERR_clear_error();
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool raw_client::more() {
    std::array<char, 16384> piece{};
    errno = 0;
    const auto got = ssl_ ? SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()))
                          : recv(socket_, piece.data(), piece.size(), 0);
    if (got > 0) {
        buffer_.append(piece.data(), static_cast<std::size_t>(got));
        return true;
    }
    const bool is_clean =
        ssl_ ? SSL_get_error(ssl_.get(), static_cast<int>(got)) == SSL_ERROR_ZERO_RETURN : got == 0;
    if (errno != EAGAIN) {
        ending_ = is_clean ? ending::clean : ending::reset;
    }
    ERR_clear_error();
    return false;
}

std::optional<raw_answer> raw_client::receive(bool is_head) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!more()) {
            return std::nullopt;
        }
    }
    raw_answer answer = head_of(buffer_.substr(0, end + 2));
    buffer_.erase(0, end + 4);
    if (answer.status == 100 || is_head) {
        return answer;
    }
    const auto length =
        static_cast<std::size_t>(std::atoi(answer.fields["content-length"].c_str()));
    while (buffer_.size() < length) {
        if (!more()) {
            return std::nullopt;
        }
    }
    answer.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return answer;
}

ending raw_client::wait_for_end() {
    while (more()) {
    }
    return ending_;
}

void raw_client::end_sending() { shutdown(socket_, SHUT_WR); }

void raw_client::reset() {
    const linger at_once{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(socket_);
    socket_ = -1;
}

std::string post_of(std::string_view body, std::string_view target, std::string_view more_fields) {
    std::string text = "POST ";
    text += target;
    text += " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    text += more_fields;
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    text += body;
    return text;
}

} // namespace gatehouse::testing_support
