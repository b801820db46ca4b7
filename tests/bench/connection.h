#pragma once
// One client connection of the load generator: non-blocking TCP, TLS 1.3 and just enough HTTP/1.1
// to know where an answer ends. Holds a state machine that the owner pushes on whenever the
// descriptor may be ready; does no waiting itself. It offers what Go's client offers and resumes no
// session, as an API server; it does not check the certificate. Loopback only.

#include "tests/bench/openssl_ptr.h"

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::bench {

/// Makes the context that all connections share. Throws std::runtime_error.
[[nodiscard]] ssl_ctx_ptr make_client_context();

/// 127.0.0.1 and the port.
[[nodiscard]] sockaddr_in loopback(std::uint16_t port) noexcept;

class connection {
  public:
    enum class state : std::uint8_t {
        connecting,
        handshaking,
        idle,
        sending,
        receiving,
        failed, ///< failure() says why
    };

    struct answer {
        unsigned status = 0;
        std::string_view body; ///< lives until the next send
    };

    /// Starts to connect.
    connection(SSL_CTX& context, const sockaddr_in& to);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] state now() const noexcept { return state_; }
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

    /// Goes on until it has to wait; true if an answer has just become complete.
    bool advance();

    /// Requires: idle. `request` stays alive and unchanged until advance() has told of the answer.
    void send(std::span<const char> request);

    /// The last complete answer.
    [[nodiscard]] answer last() const noexcept { return answer_; }

    /// Ends TLS with a close_notify; the destructor closes the socket.
    void say_goodbye() noexcept;

  private:
    /// Answers are small; a longer one fails the connection.
    static constexpr std::size_t most_answer_bytes = 64 * 1024;

    /// Gives the TLS object its ways to and from the socket.
    [[nodiscard]] bool join();
    // Each goes on as far as it can and returns whether an answer has become complete.
    [[nodiscard]] bool finish_connect();
    [[nodiscard]] bool finish_handshake();
    [[nodiscard]] bool finish_send();
    [[nodiscard]] bool finish_receive();

    /// Writes what can be written now; true once all of it has left.
    [[nodiscard]] bool write_rest();
    [[nodiscard]] bool parse_answer();
    [[nodiscard]] bool must_wait(int result, std::string_view doing);
    void fail(std::string why);

    int descriptor_ = -1;
    ssl_ptr ssl_;
    state state_ = state::connecting;
    std::span<const char> unsent_;
    std::vector<char> received_ = std::vector<char>(4096);
    std::size_t received_bytes_ = 0;
    answer answer_;
    std::string failure_;
};

} // namespace gatehouse::bench
