#pragma once
// One TLS connection by hand: bytes out, answers in, and what the peer does in between. For tests in
// which the moment of each byte counts; everything else asks through ask.h.

#include "tests/integration/http_message.h"
#include "tests/support/test_certs.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

/// The peer closed or reset the connection.
struct connection_closed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Nothing came within the limit.
struct receive_timeout : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct tls_options {
    std::string ca = {}; ///< PEM, one or more; empty: the server's certificate is not verified
    test_pair own = {};  ///< shown if asked for
    std::vector<std::string> alpn = {"http/1.1"};
    int highest_version = 0; ///< TLS1_2_VERSION, ...; 0 is the newest
};

class tls_connection {
  public:
    /// Connects and shakes hands; throws connection_closed where the server refuses.
    explicit tls_connection(std::uint16_t port, const tls_options& options = {});
    tls_connection(const tls_connection&) = delete;
    tls_connection& operator=(const tls_connection&) = delete;
    ~tls_connection();

    void send(std::string_view bytes);
    /// The next whole answer.
    [[nodiscard]] http_response receive(std::chrono::milliseconds limit = std::chrono::seconds(20));
    [[nodiscard]] http_response exchange(const http_request& request) {
        send(request.text());
        return receive();
    }
    /// True once the peer has closed; what it still sends is thrown away.
    [[nodiscard]] bool ends_within(std::chrono::milliseconds limit);
    /// Ends without a word, as a crashed client does.
    void reset();

    /// The serving certificate, PEM.
    [[nodiscard]] std::string peer_certificate() const;
    [[nodiscard]] std::string chosen_protocol() const;

  private:
    struct parts;
    void read_some(std::chrono::milliseconds limit);

    std::unique_ptr<parts> parts_;
    std::string pending_;
};

} // namespace gatehouse::testing_support
