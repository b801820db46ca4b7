#include "server/registry/url.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

constexpr std::size_t longest_url = std::size_t{8} << 10;

std::uint16_t own_port(url_scheme scheme) {
    return scheme == url_scheme::https ? std::uint16_t{443} : std::uint16_t{80};
}

error malformed(std::string_view text, std::string_view problem) {
    return {errc::malformed, fmt::format("{} {}", policy::quoted(text), problem)};
}

bool is_host_character(char c) {
    const bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    return is_alphanumeric || c == '-' || c == '.' || c == '_';
}

bool is_address_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

/// host [":" port]; false where it is none.
bool read_authority(std::string_view authority, url& to) {
    std::string_view host = authority;
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        host = authority.substr(1, end - 1);
        port = authority.substr(end + 1);
        to.host = policy::lower(host);
        if (to.host.empty() || !std::ranges::all_of(to.host, is_address_character)) {
            return false;
        }
    } else {
        const std::size_t colon = std::min(authority.find(':'), authority.size());
        host = authority.substr(0, colon);
        port = authority.substr(colon);
        to.host = policy::lower(host);
        if (to.host.empty() || !std::ranges::all_of(to.host, is_host_character)) {
            return false;
        }
    }
    to.port = own_port(to.scheme);
    if (port.empty()) {
        return true;
    }
    const char* end = port.data() + port.size();
    const auto read = std::from_chars(port.data() + 1, end, to.port);
    return port.front() == ':' && read.ec == std::errc() && read.ptr == end && to.port != 0;
}

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

} // namespace

std::string url::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == own_port(scheme) ? name : fmt::format("{}:{}", name, port);
}

policy::result<url> parse_url(std::string_view text) {
    if (text.size() > longest_url) {
        return malformed(text, "is longer than 8 KiB");
    }
    if (!std::ranges::all_of(text, is_visible)) {
        return malformed(text, "has a space or a control character");
    }
    url made;
    const std::size_t colon = std::min(text.find("://"), text.size());
    const std::string scheme = policy::lower(text.substr(0, colon));
    if (colon == text.size() || (scheme != "https" && scheme != "http")) {
        return malformed(text, "is not an https or http address");
    }
    made.scheme = scheme == "https" ? url_scheme::https : url_scheme::http;
    text.remove_prefix(colon + 3);
    text = text.substr(0, text.find('#'));
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    if (!read_authority(text.substr(0, end), made)) {
        return malformed(text.substr(0, end), "is not a host with a port");
    }
    const std::string_view target = text.substr(end);
    made.target = target.starts_with('/') ? target : "/" + std::string(target);
    return made;
}

policy::result<url> resolve_url(const url& base, std::string_view reference) {
    const std::string_view scheme = base.scheme == url_scheme::https ? "https:" : "http:";
    const std::string origin = fmt::format("{}//{}", scheme, base.authority());
    const std::string_view path = std::string_view(base.target).substr(0, base.target.find('?'));
    if (reference.find("://") < reference.find_first_of("/?#")) {
        return parse_url(reference);
    }
    if (reference.starts_with("//")) {
        return parse_url(fmt::format("{}{}", scheme, reference));
    }
    if (reference.starts_with('/')) {
        return parse_url(fmt::format("{}{}", origin, reference));
    }
    if (reference.starts_with('?')) {
        return parse_url(fmt::format("{}{}{}", origin, path, reference));
    }
    return parse_url(fmt::format("{}{}/{}", origin, path.substr(0, path.rfind('/')), reference));
}

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                              || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_'
                              || c == '~';
        if (is_plain) {
            encoded += c;
        } else {
            fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

} // namespace gatehouse::server
