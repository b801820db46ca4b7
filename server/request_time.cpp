#include "server/request_time.h"

#include "server/duration.h"

#include <algorithm>
#include <string>

namespace gatehouse::server {

namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return static_cast<unsigned>(c - '0');
    }
    const char lower = static_cast<char>(c | 0x20);
    if (lower >= 'a' && lower <= 'f') {
        return static_cast<unsigned>(lower - 'a' + 10);
    }
    return std::nullopt;
}

// Nothing for a broken escape: Go's server drops such a pair.
std::optional<std::string> decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
        if (!high || !low) {
            return std::nullopt;
        }
        plain += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return plain;
}

} // namespace

std::optional<nanoseconds> asked_timeout(std::string_view query) {
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const auto equals = std::min(pair.find('='), pair.size());
        if (decoded(pair.substr(0, equals)) != "timeout") {
            continue;
        }
        const auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!value) {
            continue;
        }
        const auto duration = parse_duration(*value);
        return duration && *duration > 0ns ? duration : std::nullopt;
    }
    return std::nullopt;
}

nanoseconds review_budget(std::string_view query) {
    const auto asked = asked_timeout(query);
    if (!asked) {
        return 8s;
    }
    return std::min<nanoseconds>(std::max<nanoseconds>(*asked - 1200ms, *asked / 2), 25s);
}

bool can_retry(std::string_view query, nanoseconds spent) {
    const nanoseconds whole = asked_timeout(query).value_or(8s);
    return spent < whole && whole - spent > 2s;
}

} // namespace gatehouse::server
