#pragma once
// An HTTP proxy that opens tunnels (CONNECT, RFC 9110 section 9.3.6) on a free loopback port. The hosts that
// it knows are on this machine, whatever they are called.

#include "tests/support/scripted_server.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

class connect_proxy {
  public:
    /// "registry.example:443" to a port of 127.0.0.1; to others it refuses the way with 403.
    explicit connect_proxy(std::map<std::string, std::uint16_t> ways);

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_.port());
    }
    /// "CONNECT registry.example:443", one for each tunnel that was asked for.
    [[nodiscard]] std::vector<std::string> log() const;

  private:
    [[nodiscard]] bool open(const std::string& request, scripted_server::peer& with) const;

    std::map<std::string, std::uint16_t> ways_;
    scripted_server server_; ///< calls the rest, so it goes first
};

} // namespace gatehouse::testing_support
