#pragma once
// Plain TCP as a byte_stream: the ops port, and tests that need no TLS.

#include "server/byte_stream.h"

namespace gatehouse::server {

class plain_stream final : public byte_stream {
  public:
    explicit plain_stream(tcp_socket socket) : byte_stream(std::move(socket)) {}

    [[nodiscard]] io_result handshake() override { return {io_status::done}; }
    [[nodiscard]] io_result read_some(std::span<char> to) override;
    [[nodiscard]] io_result write_some(std::span<const char> from) override;
    [[nodiscard]] io_result say_goodbye() override { return {io_status::done}; }
    [[nodiscard]] bool may_have_more() const override { return !socket().is_drained(); }
};

} // namespace gatehouse::server
