#pragma once
// Which hosts are reached through the proxy of ServerConfiguration (interface 3), read as other programs
// read NO_PROXY: ".suffix" is every name below it, "host" that name, "10.0.0.0/8" addresses of that range,
// "*" everything. Pure.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::server {

struct proxy_address {
    std::string host; ///< without brackets
    std::uint16_t port = 80;
};

/// Of "http://host[:port]"; nothing where it is none.
[[nodiscard]] std::optional<proxy_address> parse_proxy(std::string_view url);

/// `host` is a name or an address without brackets.
[[nodiscard]] bool goes_around_proxy(std::string_view host, std::span<const std::string> no_proxy);

} // namespace gatehouse::server
