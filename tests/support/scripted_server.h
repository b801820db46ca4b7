#pragma once
// A server on a free loopback port that answers what the test tells it to, byte for byte, over TLS or
// plain TCP: also what no decent server would say. One thread a connection; the destructor ends them all.

#include "server/openssl.h"
#include "tests/support/raw_client.h"
#include "tests/support/test_certs.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gatehouse::testing_support {

class scripted_server {
  public:
    /// Gets the head and body of a request; returns the bytes to send, an empty text to close without a
    /// word, or nothing to stay silent until the other side goes. Called from several threads.
    using script = std::function<std::optional<std::string>(const std::string& request)>;

    /// The other side of one connection, for answers that come piece by piece.
    class peer {
      public:
        peer() = default;
        peer(const peer&) = delete;
        peer& operator=(const peer&) = delete;
        virtual ~peer() = default;
        /// False when it has gone.
        virtual bool write(std::string_view bytes) = 0;
        /// True when it goes, or this server ends, before `limit` is over.
        virtual bool leaves_within(std::chrono::milliseconds limit) = 0;
        /// For those who take the connection over; stays open until they return.
        [[nodiscard]] virtual int socket() const = 0;
    };
    /// Writes the answer itself; returns whether the connection stays for another request.
    using conversation = std::function<bool(const std::string& request, peer& with)>;

    /// What a script returned, to the other side; returns what a conversation does.
    static bool say(const std::optional<std::string>& answer, peer& to);

    /// `address` is one of this machine, "127.0.0.1" or "::1".
    scripted_server(
        script answers,
        transport over,
        const test_pair& identity = {},
        const std::string& address = "127.0.0.1"
    );
    scripted_server(
        conversation answers,
        transport over,
        const test_pair& identity = {},
        const std::string& address = "127.0.0.1"
    );
    scripted_server(const scripted_server&) = delete;
    scripted_server& operator=(const scripted_server&) = delete;
    ~scripted_server();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::size_t connections() const noexcept { return accepted_; }
    [[nodiscard]] std::vector<std::string> requests() const;
    /// What each TLS connection named in its handshake (SNI), empty where nothing.
    [[nodiscard]] std::vector<std::string> server_names() const;

  private:
    void listen_on(const std::string& address);
    void accept_all();
    void serve(int socket);

    conversation answers_;
    server::ssl_context_ptr tls_;
    int listening_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<std::size_t> accepted_{0};
    mutable std::mutex lock_;
    std::vector<std::string> requests_;
    std::vector<std::string> server_names_;
    std::vector<int> sockets_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// "HTTP/1.1 200 OK" with that body and its length; further header lines end in \r\n.
[[nodiscard]] std::string http_answer(
    const std::string& status_line,
    const std::string& body,
    const std::string& headers = {}
);

} // namespace gatehouse::testing_support
