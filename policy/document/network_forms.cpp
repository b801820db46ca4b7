#include "policy/document/network_forms.h"

#include "policy/document/excerpt.h"
#include "policy/image/grammar.h"
#include "policy/image/reference.h"
#include "policy/image/registry.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {
namespace {

constexpr std::string_view http = "http://";
constexpr std::string_view https = "https://";
constexpr std::size_t most_host_characters = 253; // RFC 1035 2.3.4, as text

error malformed(std::string detail) { return {errc::malformed, std::move(detail)}; }

/// "HOST[:PORT]" of a URL, in lower case; the port as written.
result<std::string> authority_of(std::string_view text) {
    GATEHOUSE_TRY(auto parsed, parse_registry(text, host_wildcards::refused));
    if (parsed.host.size() > most_host_characters) {
        return malformed("the host is longer than 253 characters");
    }
    return lower(text);
}

result<void> check_url_characters(std::string_view text) {
    if (text.find('@') != std::string_view::npos) {
        return malformed(std::string(credentials_problem));
    }
    if (!std::ranges::all_of(text, is_printable)
        || text.find_first_of("?#\"<>\\^`{|}") != std::string_view::npos) {
        return malformed(fmt::format(
            "{} has characters that do not belong into it: a query, a fragment, spaces or quotes",
            excerpt_of(text)
        ));
    }
    return success();
}

bool is_number_up_to(std::string_view text, int most) {
    if (text.empty() || text.size() > 3 || !std::ranges::all_of(text, is_digit)
        || (text.size() > 1 && text.front() == '0')) {
        return false;
    }
    int value = 0;
    for (const char c : text) {
        value = value * 10 + (c - '0');
    }
    return value <= most;
}

bool is_ipv4(std::string_view text) {
    for (int part = 0; part < 4; ++part) {
        const std::size_t end = std::min(text.find('.'), text.size());
        if (!is_number_up_to(text.substr(0, end), 255) || (end == text.size()) != (part == 3)) {
            return false;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

bool is_ipv6(std::string_view text) {
    return text.find(':') != std::string_view::npos
           && text.find_first_of("[]") == std::string_view::npos
           && parse_registry(fmt::format("[{}]", text), host_wildcards::refused);
}

/// Digits and dots only: an address, or a mistake in one, but no name.
bool looks_like_ipv4(std::string_view text) {
    return text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_host_name(std::string_view text) {
    return !looks_like_ipv4(text) && text.size() <= most_host_characters
           && text.find(':') == std::string_view::npos
           && parse_registry(text, host_wildcards::refused);
}

bool is_range(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return false;
    }
    const std::string_view address = text.substr(0, slash);
    const std::string_view bits = text.substr(slash + 1);
    return (is_ipv4(address) && is_number_up_to(bits, 32))
           || (is_ipv6(address) && is_number_up_to(bits, 128));
}

} // namespace

result<std::string> registry_host(std::string_view text) {
    if (text.find('@') != std::string_view::npos) {
        return malformed(fmt::format(
            "{}; write the host alone, with its port where it has one", credentials_problem
        ));
    }
    if (text.find('/') != std::string_view::npos) {
        return malformed(fmt::format(
            "{} has a slash; write the host alone, with its port where it has one", excerpt_of(text)
        ));
    }
    GATEHOUSE_TRY(auto parsed, parse_registry(text, host_wildcards::refused));
    if (parsed.host.size() > most_host_characters) {
        return malformed("the host is longer than 253 characters");
    }
    std::string out;
    append_registry(out, parsed);
    return out;
}

result<std::string> repository_name(std::string_view text) {
    const std::size_t slash = text.rfind('/');
    const std::string_view last = slash == std::string_view::npos ? text : text.substr(slash + 1);
    const std::size_t at = text.find('@');
    const bool has_digest = at != std::string_view::npos;
    const std::string_view behind = has_digest ? text.substr(at + 1) : std::string_view{};
    if (has_digest && !behind.starts_with("sha256:") && !behind.starts_with("sha512:")) {
        return malformed(fmt::format(
            "{}; write a registry and repository alone, such as registry.example.com/signatures",
            credentials_problem
        ));
    }
    if (has_digest || last.find(':') != std::string_view::npos) {
        return malformed(fmt::format(
            "{} has a {}; write a registry and repository alone, such as "
            "registry.example.com/signatures",
            excerpt_of(text),
            has_digest ? "digest" : "tag"
        ));
    }
    const auto parsed = reference::parse(text);
    if (!parsed) {
        return malformed(fmt::format(
            "{} is no registry and repository: {}", excerpt_of(text), parsed.error().detail()
        ));
    }
    return std::string(parsed.value().name());
}

result<std::string> mirror_url(std::string_view text) {
    GATEHOUSE_TRY(check_url_characters(text));
    const std::string_view scheme = text.starts_with(https)  ? https
                                    : text.starts_with(http) ? http
                                                             : std::string_view{};
    if (scheme.empty()) {
        return malformed(fmt::format(
            "must be a URL such as https://mirror.example/path, not {}", excerpt_of(text)
        ));
    }
    const std::string_view rest = text.substr(scheme.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    GATEHOUSE_TRY(auto authority, authority_of(rest.substr(0, slash)));
    std::string_view path = rest.substr(slash);
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    if (!path.empty()) {
        // Names are put behind it, so it must be the beginning of one.
        const auto below = reference::parse(fmt::format("a.example{}", path));
        if (!below || path.find_first_of(":") != std::string_view::npos) {
            return malformed(fmt::format(
                "the path {} of the URL is no beginning of a repository's name", excerpt_of(path)
            ));
        }
    }
    return fmt::format("{}{}{}", scheme, authority, path);
}

result<std::string> proxy_url(std::string_view text) {
    GATEHOUSE_TRY(check_url_characters(text));
    if (!text.starts_with(http)) {
        return malformed(
            fmt::format("must be a URL such as http://proxy.example:3128, not {}", excerpt_of(text))
        );
    }
    std::string_view rest = text.substr(http.size());
    if (rest.ends_with('/')) {
        rest.remove_suffix(1);
    }
    if (rest.find('/') != std::string_view::npos) {
        return malformed("a proxy's URL has no path");
    }
    GATEHOUSE_TRY(auto authority, authority_of(rest));
    const bool has_port =
        authority.find(':', std::min(authority.find(']'), authority.size())) != std::string::npos
        || (!authority.starts_with('[') && authority.find(':') != std::string::npos);
    return fmt::format("{}{}{}", http, authority, has_port ? "" : ":80");
}

result<std::string> no_proxy_entry(std::string_view text) {
    const bool is_suffix = text.starts_with('.') && is_host_name(text.substr(1));
    if (is_suffix || is_host_name(text) || is_ipv4(text) || is_ipv6(text) || is_range(text)) {
        return lower(text);
    }
    if (text.find('@') != std::string_view::npos) {
        return malformed(std::string(credentials_problem));
    }
    return malformed(fmt::format(
        "must be a host, a suffix such as .svc, an address, or a range such as 10.0.0.0/8; not {}",
        excerpt_of(text)
    ));
}

} // namespace gatehouse::policy
