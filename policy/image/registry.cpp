#include "policy/image/registry.h"

#include "policy/image/grammar.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gatehouse::policy {
namespace {

constexpr std::uint16_t https_port = 443;
constexpr std::size_t excerpt = 60;

char lower_of(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals_in_lower(std::string_view text, std::string_view lower_case) {
    return std::ranges::equal(text, lower_case, {}, lower_of);
}

error malformed(std::string detail) { return {errc::malformed, std::move(detail)}; }

std::optional<std::uint16_t> parse_group(std::string_view text) {
    if (text.empty() || text.size() > 4) {
        return std::nullopt;
    }
    unsigned value = 0;
    for (const char c : text) {
        const char digit = lower_of(c);
        if (!is_lower_hex(digit)) {
            return std::nullopt;
        }
        value =
            value * 16 + static_cast<unsigned>(is_digit(digit) ? digit - '0' : digit - 'a' + 10);
    }
    return static_cast<std::uint16_t>(value);
}

/// The groups of "a:b:c", each of one to four hex digits; at most `most`. No text has no groups.
struct group_run {
    ipv6_groups groups{};
    std::size_t count = 0;
};
std::optional<group_run> parse_groups(std::string_view text, std::size_t most) {
    group_run run;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(':'), text.size());
        const auto group = parse_group(text.substr(0, end));
        if (!group || run.count == most || end + 1 == text.size()) {
            return std::nullopt;
        }
        run.groups[run.count++] = *group;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return run;
}

/// RFC 4291 section 2.2, forms 1 and 2. The form with an IPv4 tail has dots, which the reference
/// grammar does not allow.
std::optional<ipv6_groups> parse_ipv6(std::string_view text) {
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        const auto all = parse_groups(text, 8);
        return all && all->count == 8 ? std::optional(all->groups) : std::nullopt;
    }
    const auto head = parse_groups(text.substr(0, gap), 7);
    if (!head) {
        return std::nullopt;
    }
    const auto tail = parse_groups(text.substr(gap + 2), 7 - head->count);
    if (!tail) {
        return std::nullopt;
    }
    ipv6_groups groups = head->groups;
    std::copy_n(
        tail->groups.begin(), tail->count, groups.end() - static_cast<std::ptrdiff_t>(tail->count)
    );
    return groups;
}

struct zero_run {
    std::size_t first = 0;
    std::size_t count = 0;
};
/// The longest run of at least two zero groups, the first of equals (RFC 5952 section 4.2).
zero_run longest_zeros(const ipv6_groups& groups) {
    zero_run best;
    for (std::size_t i = 0; i < groups.size();) {
        std::size_t end = i;
        while (end < groups.size() && groups[end] == 0) {
            ++end;
        }
        if (end - i > std::max<std::size_t>(best.count, 1)) {
            best = {i, end - i};
        }
        i = end + 1;
    }
    return best;
}

void append_ipv6(std::string& to, const ipv6_groups& groups) {
    const zero_run zeros = longest_zeros(groups);
    to += '[';
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (zeros.count > 0 && i == zeros.first) {
            to += "::";
            i += zeros.count - 1;
            continue;
        }
        if (i > 0 && to.back() != ':') {
            to += ':';
        }
        fmt::format_to(std::back_inserter(to), "{:x}", groups[i]);
    }
    to += ']';
}

result<std::uint16_t> parse_port(std::string_view text) {
    const std::size_t zeros = std::min(text.find_first_not_of('0'), text.size());
    const std::string_view digits = text.substr(zeros);
    unsigned value = 0;
    const bool numeric = digits.size() <= 5 && std::ranges::all_of(digits, is_digit);
    for (const char c : numeric ? digits : std::string_view{}) {
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (value == 0 || value > 65535) {
        return malformed(fmt::format(
            "the registry's port {} is not a number from 1 to 65535", quoted(text, excerpt)
        ));
    }
    return static_cast<std::uint16_t>(value);
}

result<void> check_host(std::string_view host, host_wildcards wildcards) {
    if (host.empty()) {
        return malformed("the registry's host is empty");
    }
    std::string_view rest = host;
    for (;;) {
        const std::size_t end = std::min(rest.find('.'), rest.size());
        const std::string_view label = rest.substr(0, end);
        if (label.empty()) {
            return malformed(fmt::format(
                "the registry's host {} begins or ends with a dot or has two in a row",
                quoted(host, excerpt)
            ));
        }
        const bool valid = wildcards == host_wildcards::allowed
                               ? can_match(image_part::label, label)
                               : is_valid(image_part::label, label);
        if (!valid) {
            return malformed(fmt::format(
                "the registry's host {} has the label {}; labels are letters and digits, with "
                "dashes inside",
                quoted(host, excerpt),
                quoted(label, excerpt)
            ));
        }
        if (end == rest.size()) {
            return success();
        }
        rest.remove_prefix(end + 1);
    }
}

} // namespace

bool names_registry(std::string_view first_segment) noexcept {
    return first_segment == "localhost"
           || first_segment.find_first_of(".:") != std::string_view::npos;
}

result<registry_name> parse_registry(std::string_view text, host_wildcards wildcards) {
    registry_name parsed;
    std::string_view port;
    bool has_port = false;
    if (text.starts_with('[')) {
        const std::size_t close = std::min(text.find(']'), text.size() - 1);
        const std::string_view behind = text.substr(close + 1);
        parsed.host = text.substr(0, close + 1);
        parsed.address = parse_ipv6(text.substr(1, close - 1));
        has_port = !behind.empty();
        if (!parsed.address || !parsed.host.ends_with(']') || (has_port && behind.front() != ':')) {
            return malformed(
                fmt::format("the registry {} is no IPv6 address in brackets", quoted(text, excerpt))
            );
        }
        port = has_port ? behind.substr(1) : behind;
    } else {
        const std::size_t colon = std::min(text.find(':'), text.size());
        parsed.host = text.substr(0, colon);
        has_port = colon < text.size();
        port = has_port ? text.substr(colon + 1) : std::string_view{};
        GATEHOUSE_TRY(check_host(parsed.host, wildcards));
    }
    if (has_port) {
        GATEHOUSE_TRY(auto number, parse_port(port));
        parsed.port = number;
    }
    return parsed;
}

void append_registry(std::string& to, const registry_name& registry) {
    const std::size_t begin = to.size();
    if (registry.address) {
        append_ipv6(to, *registry.address);
    } else if (registry.port == https_port
               && (equals_in_lower(registry.host, "index.docker.io")
                   || equals_in_lower(registry.host, "registry-1.docker.io"))) {
        to += docker_hub;
    } else {
        std::ranges::transform(registry.host, std::back_inserter(to), lower_of);
    }
    const std::string_view host = std::string_view(to).substr(begin);
    const bool stands_alone = registry.address || names_registry(host);
    if (registry.port != https_port || !stands_alone) {
        fmt::format_to(std::back_inserter(to), ":{}", registry.port);
    }
}

host_and_port split_registry(std::string_view canonical) noexcept {
    const std::size_t colon = canonical.rfind(':');
    if (colon == std::string_view::npos || canonical.ends_with(']')) {
        return {canonical, {}};
    }
    const std::string_view port = canonical.substr(colon + 1);
    return {canonical.substr(0, colon), port == "443" ? std::string_view{} : port};
}

} // namespace gatehouse::policy
