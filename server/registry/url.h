#pragma once
// The few URLs that a registry may send us to: absolute http and https ones with a host, and references that
// are relative to one (RFC 3986, sections 4.2 and 5.2 without dot segments). Pure values.

#include "policy/result.h"
#include "server/http_message.h"

#include <string>
#include <string_view>

namespace gatehouse::server {

struct url {
    url_scheme scheme = url_scheme::https;
    std::string host; ///< in lower case, without brackets
    std::uint16_t port = 443;
    std::string target = "/"; ///< path and query; no fragment

    /// Where Authorization may go: scheme, host and port.
    [[nodiscard]] bool same_origin(const url& other) const noexcept {
        return scheme == other.scheme && host == other.host && port == other.port;
    }
    /// "host" or "host:port", IPv6 in brackets, without the scheme's own port: as registries are named.
    [[nodiscard]] std::string authority() const;
};

/// Error: malformed, for a name or password in it, a control character, a space, another scheme, more than
/// 8 KiB (presigned addresses are long).
[[nodiscard]] policy::result<url> parse_url(std::string_view text);

/// What `reference` means in an answer from `base`.
[[nodiscard]] policy::result<url> resolve_url(const url& base, std::string_view reference);

/// Everything but letters, digits and "-._~" as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

} // namespace gatehouse::server
