#pragma once
// The registry of an image reference or pattern: when a first segment names one, and how it is
// spelled so that two spellings of one registry compare equal (interface 2.2). Used by
// reference.cpp and pattern.cpp only.
//
//   registry = ( label *( "." label ) / "[" IPv6 address "]" ) [ ":" port ]
//
// Canonical: the host in lower case; `index.docker.io` and `registry-1.docker.io` are `docker.io`;
// an IPv6 address as RFC 5952 section 4 writes it; a port without leading zeros, `:443` dropped. A
// host of one label keeps its `:443` (`localhost` excepted): without it, it would read as a path on
// docker.io.

#include "policy/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

using ipv6_groups = std::array<std::uint16_t, 8>;

struct registry_name {
    std::string_view host;              ///< as written, without port
    std::optional<ipv6_groups> address; ///< where the host is an IPv6 address in brackets
    std::uint16_t port = 443;
};

/// Whether `*` may stand for part or all of a label: in patterns it may.
enum class host_wildcards : bool { refused, allowed };

/// The docker.io of canonical names.
inline constexpr std::string_view docker_hub = "docker.io";

/// True if the first of several segments is a registry and not the beginning of a path on
/// docker.io.
[[nodiscard]] bool names_registry(std::string_view first_segment) noexcept;

/// Fails with errc::malformed and the part that is wrong. Views into `text`.
[[nodiscard]] result<registry_name> parse_registry(std::string_view text, host_wildcards wildcards);

/// Appends the canonical spelling to `to`: at most 41 characters more than was written.
void append_registry(std::string& to, const registry_name& registry);

/// A canonical registry taken apart: 443 is the empty port however it was kept.
struct host_and_port {
    std::string_view host;
    std::string_view port;
};
[[nodiscard]] host_and_port split_registry(std::string_view canonical) noexcept;

} // namespace gatehouse::policy
