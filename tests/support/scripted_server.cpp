#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <poll.h>
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
class wire final : public scripted_server::peer {
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
    bool write(std::string_view bytes) override {
        if (ssl_) {
            return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
        }
        while (!bytes.empty()) {
            const auto sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    bool leaves_within(std::chrono::milliseconds limit) override {
        pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
        char next = 0;
        return poll(&wanted, 1, static_cast<int>(limit.count())) > 0
               && recv(socket_, &next, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
    }
    [[nodiscard]] int socket() const override { return socket_; }
    [[nodiscard]] std::optional<std::string> server_name() const {
        if (!ssl_) {
            return std::nullopt;
        }
        const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
        return name == nullptr ? "" : name;
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
    const std::string& address
)
    : scripted_server(
        [answers = std::move(answers)](const std::string& request, peer& with) {
            return say(answers(request), with);
        },
        over,
        identity,
        address
    ) {}

scripted_server::scripted_server(
    conversation answers,
    transport over,
    const test_pair& identity,
    const std::string& address
)
    : answers_(std::move(answers)) {
    if (over == transport::tls) {
        tls_ = context_of(identity);
    }
    listen_on(address);
    acceptor_ = std::thread([this] { accept_all(); });
}

bool scripted_server::say(const std::optional<std::string>& answer, peer& to) {
    if (!answer) {
        return true; // the next read ends when the other side goes
    }
    return !answer->empty() && to.write(*answer)
           && answer->find("Connection: close") == std::string::npos;
}

void scripted_server::listen_on(const std::string& address) {
    sockaddr_in6 six{};
    sockaddr_in four{};
    six.sin6_family = AF_INET6;
    four.sin_family = AF_INET;
    const bool is_six = inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) == 1;
    EXPECT_TRUE(is_six || inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1);
    auto* const at =
        is_six ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
    socklen_t size = is_six ? sizeof six : sizeof four;
    listening_ = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(listening_, at, size), 0);
    EXPECT_EQ(listen(listening_, 128), 0);
    EXPECT_EQ(getsockname(listening_, at, &size), 0);
    port_ = ntohs(is_six ? six.sin6_port : four.sin_port);
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

std::vector<std::string> scripted_server::server_names() const {
    const std::lock_guard hold(lock_);
    return server_names_;
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
    if (const auto name = with.server_name()) {
        const std::lock_guard hold(lock_);
        server_names_.push_back(*name);
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
        if (!answers_(*request, with)) {
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
