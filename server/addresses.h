#pragma once
// Which addresses are nobody's business but the cluster's own: loopback, private, link-local (metadata
// services), unique-local, carrier-grade NAT, multicast and what cannot be a destination at all, also where
// such an IPv4 address is wrapped in an IPv6 one. They are contacted only for registries that the
// configuration lists (interface 3), so that the name in a pod's image cannot make this server knock on the
// doors of its own network. Ranges for documentation and benchmarks belong to nobody and are no secret: one
// that is asked does not answer, and that is what is said. Ranges: RFC 6890 with its updates, RFC 6052, RFC 3056. Pure.

#include <boost/asio/ip/address.hpp>

namespace gatehouse::server {

[[nodiscard]] bool is_internal(const boost::asio::ip::address& address) noexcept;

} // namespace gatehouse::server
