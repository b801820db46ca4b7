#include "server/duration.h"

#include <array>
#include <cstdint>
#include <limits>

namespace gatehouse::server {
namespace {

struct unit {
    std::string_view name;
    std::int64_t nanoseconds;
};

// Longer names first: "ms" must not be read as "m". Both ways to write the micro sign are Go's.
constexpr std::array<unit, 8> units{{
    {"ns", 1},
    {"us", 1'000},
    {"\u00b5s", 1'000},
    {"\u03bcs", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
}};

constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the digits at the front of `text`; nothing where they overflow.
std::optional<std::uint64_t> take_whole(std::string_view& text) {
    std::uint64_t value = 0;
    while (!text.empty() && is_digit(text.front())) {
        const auto digit = static_cast<std::uint64_t>(text.front() - '0');
        if (value > (most - digit) / 10) {
            return std::nullopt;
        }
        value = value * 10 + digit;
        text.remove_prefix(1);
    }
    return value;
}

/// Takes ".digits" and returns the fraction of one; digits beyond what a double holds change nothing.
double take_fraction(std::string_view& text) {
    double value = 0;
    double place = 0.1;
    while (!text.empty() && is_digit(text.front())) {
        value += place * (text.front() - '0');
        place /= 10;
        text.remove_prefix(1);
    }
    return value;
}

const unit* take_unit(std::string_view& text) {
    for (const unit& one : units) {
        if (text.starts_with(one.name)) {
            text.remove_prefix(one.name.size());
            return &one;
        }
    }
    return nullptr;
}

/// Takes one number with its unit off the front.
std::optional<std::uint64_t> take_part(std::string_view& text) {
    const std::size_t before = text.size();
    const auto whole = take_whole(text);
    bool has_digits = text.size() != before;
    double fraction = 0;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        const std::size_t point = text.size();
        fraction = take_fraction(text);
        has_digits = has_digits || text.size() != point;
    }
    const unit* scale = take_unit(text);
    if (!whole || !has_digits || scale == nullptr) {
        return std::nullopt;
    }
    const auto factor = static_cast<std::uint64_t>(scale->nanoseconds);
    if (*whole > most / factor) {
        return std::nullopt;
    }
    const auto extra = static_cast<std::uint64_t>(fraction * static_cast<double>(factor) + 0.5);
    return *whole * factor + extra;
}

} // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    if (text == "0") {
        return std::chrono::nanoseconds(0);
    }
    if (text.empty()) {
        return std::nullopt;
    }
    std::uint64_t sum = 0;
    while (!text.empty()) {
        const auto part = take_part(text);
        if (!part || *part > most - sum) {
            return std::nullopt;
        }
        sum += *part;
    }
    return std::chrono::nanoseconds(static_cast<std::int64_t>(sum));
}

} // namespace gatehouse::server
