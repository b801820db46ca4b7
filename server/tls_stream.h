#pragma once
// TLS over a watched socket: OpenSSL reads and writes the socket itself and never waits. Measured
// against Asio's own TLS stream this halves the CPU of a request (docs/architecture.md). Buffers of an
// idle connection are given back to the allocator by OpenSSL.

#include "server/byte_stream.h"
#include "server/openssl.h"
#include "server/tls_context.h"

#include <memory>

namespace gatehouse::server {

class tls_stream final : public byte_stream {
  public:
    /// nullptr when OpenSSL has no memory for it.
    [[nodiscard]] static std::unique_ptr<byte_stream> make(
        tcp_socket socket,
        const tls_context& context
    );

    [[nodiscard]] io_result handshake() override;
    [[nodiscard]] io_result read_some(std::span<char> to) override;
    [[nodiscard]] io_result write_some(std::span<const char> from) override;
    [[nodiscard]] io_result say_goodbye() override;
    [[nodiscard]] bool may_have_more() const override;

  private:
    tls_stream(tcp_socket socket, ssl_ptr ssl);
    [[nodiscard]] io_result outcome(int returned);

    ssl_ptr ssl_;
    bool broken_ = false; ///< after a fatal error OpenSSL must not be asked to say goodbye
};

} // namespace gatehouse::server
