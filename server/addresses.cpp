#include "server/addresses.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gatehouse::server {
namespace {

namespace ip = boost::asio::ip;

struct ipv4_range {
    std::uint32_t base;
    unsigned bits;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24U | b << 16U | c << 8U | d;
}

constexpr std::array internal_ipv4{
    ipv4_range{v4(0, 0, 0, 0), 8},      // this network
    ipv4_range{v4(10, 0, 0, 0), 8},     // private
    ipv4_range{v4(100, 64, 0, 0), 10},  // carrier-grade NAT
    ipv4_range{v4(127, 0, 0, 0), 8},    // loopback
    ipv4_range{v4(169, 254, 0, 0), 16}, // link-local, metadata services
    ipv4_range{v4(172, 16, 0, 0), 12},  // private
    ipv4_range{v4(192, 0, 0, 0), 24},   // protocol assignments
    ipv4_range{v4(192, 168, 0, 0), 16}, // private
    ipv4_range{v4(224, 0, 0, 0), 3},    // multicast, reserved, broadcast
};

bool is_internal_v4(std::uint32_t address) noexcept {
    return std::ranges::any_of(internal_ipv4, [address](const ipv4_range& range) {
        return (address ^ range.base) >> (32U - range.bits) == 0;
    });
}

using ipv6_bytes = ip::address_v6::bytes_type;

std::uint32_t v4_at(const ipv6_bytes& bytes, std::size_t at) noexcept {
    return v4(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool starts_with(const ipv6_bytes& bytes, std::initializer_list<std::uint8_t> prefix) noexcept {
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

bool is_internal_v6(const ipv6_bytes& bytes) noexcept {
    if (starts_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0})) {
        // ::, ::1, IPv4-mapped (::ffff:a.b.c.d) and the old compatible form; what else lies here is nothing.
        const bool is_mapped = bytes[10] == 0xff && bytes[11] == 0xff;
        return !is_mapped || is_internal_v4(v4_at(bytes, 12));
    }
    if (starts_with(bytes, {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
        return is_internal_v4(v4_at(bytes, 12)); // NAT64
    }
    if (starts_with(bytes, {0x00, 0x64, 0xff, 0x9b, 0x00, 0x01})) {
        return true; // NAT64 of a local network
    }
    if (starts_with(bytes, {0x20, 0x02})) {
        return is_internal_v4(v4_at(bytes, 2)); // 6to4
    }
    if (starts_with(bytes, {0x20, 0x01, 0, 0})) {
        return true; // Teredo: whom it ends at cannot be told
    }
    return (bytes[0] & 0xe0U) != 0x20U; // only 2000::/3 is global unicast
}

} // namespace

bool is_internal(const ip::address& address) noexcept {
    return address.is_v4() ? is_internal_v4(address.to_v4().to_uint())
                           : is_internal_v6(address.to_v6().to_bytes());
}

} // namespace gatehouse::server
