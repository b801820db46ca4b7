#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace gatehouse::testing_support {
namespace {

server::bio_ptr bio_of(const std::string& text) {
    return server::bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

server::ssl_context_ptr context_of(const test_pair& identity) {
    server::ssl_context_ptr out(SSL_CTX_new(TLS_server_method()));
    const server::bio_ptr certificate = bio_of(identity.certificate);
    const server::bio_ptr key = bio_of(identity.key);
    const server::certificate_ptr leaf(
        PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr)
    );
    const server::key_ptr secret(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
    EXPECT_EQ(SSL_CTX_use_certificate(out.get(), leaf.get()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(out.get(), secret.get()), 1);
    return out;
}

/// One connection's bytes, with or without TLS.
class wire {
  public:
    wire(int socket, SSL_CTX* context) : socket_(socket) {
        if (context != nullptr) {
            ssl_.reset(SSL_new(context));
            SSL_set_fd(ssl_.get(), socket);
        }
    }
    bool open() { return !ssl_ || SSL_accept(ssl_.get()) == 1; }
    bool read_more(std::string& to) {
        std::array<char, 16384> some{};
        const auto got = ssl_ ? SSL_read(ssl_.get(), some.data(), some.size())
                              : static_cast<int>(recv(socket_, some.data(), some.size(), 0));
        if (got > 0) {
            to.append(some.data(), static_cast<std::size_t>(got));
        }
        return got > 0;
    }
    bool write_all(const std::string& bytes) {
        if (ssl_) {
            return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
        }
        return send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0;
    }
    void close_properly() {
        if (ssl_) {
            SSL_shutdown(ssl_.get());
        }
    }

  private:
    int socket_;
    server::ssl_ptr ssl_;
};

/// The first whole request of `bytes`, taken off it.
std::optional<std::string> take_request(std::string& bytes) {
    const std::size_t head = bytes.find("\r\n\r\n");
    if (head == std::string::npos) {
        return std::nullopt;
    }
    std::size_t size = head + 4;
    const std::size_t length = bytes.find("Content-Length: ");
    if (length < head) {
        size += std::stoul(bytes.substr(length + 16));
    }
    if (bytes.size() < size) {
        return std::nullopt;
    }
    std::string out = bytes.substr(0, size);
    bytes.erase(0, size);
    return out;
}

} // namespace

scripted_server::scripted_server(
    script answers,
    transport over,
    const test_pair& identity,
    const std::string& address_text
)
    : answers_(std::move(answers)) {
    if (over == transport::tls) {
        tls_ = context_of(identity);
    }
    listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    EXPECT_EQ(inet_pton(AF_INET, address_text.c_str(), &address.sin_addr), 1);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listening_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listening_, 128), 0);
    EXPECT_EQ(getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

scripted_server::~scripted_server() {
    shutdown(listening_, SHUT_RDWR);
    acceptor_.join();
    for (const int socket : sockets_) {
        shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& one : threads_) {
        one.join();
    }
    for (const int socket : sockets_) {
        close(socket);
    }
    close(listening_);
}

std::vector<std::string> scripted_server::requests() const {
    const std::lock_guard hold(lock_);
    return requests_;
}

void scripted_server::accept_all() {
    for (;;) {
        const int socket = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) {
            return;
        }
        ++accepted_;
        sockets_.push_back(socket);
        threads_.emplace_back([this, socket] { serve(socket); });
    }
}

void scripted_server::serve(int socket) {
    // OpenSSL writes to the descriptor itself, and the client may be gone.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    wire with(socket, tls_.get());
    std::string bytes;
    if (!with.open()) {
        shutdown(socket, SHUT_RDWR);
        return;
    }
    for (;;) {
        std::optional<std::string> request;
        while (!(request = take_request(bytes))) {
            if (!with.read_more(bytes)) {
                shutdown(socket, SHUT_RDWR);
                return;
            }
        }
        {
            const std::lock_guard hold(lock_);
            requests_.push_back(*request);
        }
        const std::optional<std::string> answer = answers_(*request);
        if (!answer) {
            continue; // the next read ends when the other side goes
        }
        if (answer->empty() || !with.write_all(*answer)
            || answer->find("Connection: close") != std::string::npos) {
            with.close_properly();
            break;
        }
    }
    shutdown(socket, SHUT_RDWR);
}

std::string http_answer(
    const std::string& status_line,
    const std::string& body,
    const std::string& headers
) {
    return "HTTP/1.1 " + status_line + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"
           + headers + "\r\n" + body;
}

} // namespace gatehouse::testing_support
