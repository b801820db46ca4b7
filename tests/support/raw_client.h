#pragma once
// A client that shows bytes, closes and resets as they are, over TLS or plain TCP on loopback. Blocking,
// with a limit on every wait, for the test's own thread.

#include "server/openssl.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::testing_support {

struct raw_answer {
    unsigned status = 0;
    std::map<std::string, std::string> fields; ///< names in lower case
    std::string body;

    [[nodiscard]] bool closes() const;
};

enum class transport : std::uint8_t { plain, tls };

/// How the peer ended the connection, as seen by this side.
enum class ending : std::uint8_t { none, clean, reset };

class raw_client {
  public:
    /// Connects, and over TLS shakes hands; a failure fails the test.
    explicit raw_client(std::uint16_t port, transport over = transport::plain);
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;
    ~raw_client();

    /// False when the peer has closed or reset the connection.
    bool send(std::string_view bytes);
    /// One whole answer; nothing when the connection ends before it, or after five seconds.
    [[nodiscard]] std::optional<raw_answer> receive(bool is_head = false);
    /// What comes within five seconds until the end; `none` means it is still open.
    [[nodiscard]] ending wait_for_end();
    /// Sends FIN.
    void end_sending();
    /// Sends RST.
    void reset();

  private:
    bool more();

    int socket_;
    server::ssl_context_ptr context_;
    server::ssl_ptr ssl_;
    std::string buffer_;
    ending ending_ = ending::none;
};

/// "POST /validate?timeout=10s HTTP/1.1", the usual fields, and the body.
[[nodiscard]] std::string post_of(
    std::string_view body,
    std::string_view target = "/echo",
    std::string_view more_fields = ""
);

} // namespace gatehouse::testing_support
