#include "policy/document/quantity.h"

#include <algorithm>
#include <array>
#include <limits>

namespace gatehouse::policy {
namespace {

struct unit {
    std::string_view name;
    std::int64_t factor;
};

constexpr std::int64_t kibi = 1024;
// Largest first, so that the shortest spelling is found first.
constexpr std::array<unit, 4> sizes{{
    {"Gi", kibi* kibi* kibi},
    {"Mi", kibi* kibi},
    {"Ki", kibi},
    {"", 1},
}};
constexpr std::array<unit, 3> durations{{{"h", 3600}, {"m", 60}, {"s", 1}}};

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the digits at the front off; nothing where there are none or too many.
std::optional<std::int64_t> take_number(std::string_view& text) {
    constexpr std::size_t most_digits = 18; // always fits
    const auto* const end = std::ranges::find_if_not(text, is_digit);
    const auto digits = static_cast<std::size_t>(end - text.begin());
    if (digits == 0 || digits > most_digits) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    for (const char c : text.substr(0, digits)) {
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

template <std::size_t Count>
std::string shortest(std::int64_t value, const std::array<unit, Count>& units) {
    for (const unit& one : units) {
        if (value != 0 && value % one.factor == 0) {
            return std::to_string(value / one.factor) + std::string(one.name);
        }
    }
    return "0" + std::string(units.back().name);
}

} // namespace

std::optional<std::int64_t> bytes_named(std::string_view text) {
    const std::optional<std::int64_t> number = take_number(text);
    const auto* const scale = std::ranges::find(sizes, text, &unit::name);
    if (!number || scale == sizes.end() || *number > most / scale->factor) {
        return std::nullopt;
    }
    return *number * scale->factor;
}

std::optional<std::chrono::seconds> duration_named(std::string_view text) {
    std::int64_t sum = 0;
    do {
        const std::optional<std::int64_t> number = take_number(text);
        const auto* const scale = std::ranges::find(durations, text.substr(0, 1), &unit::name);
        if (!number || scale == durations.end() || *number > (most - sum) / scale->factor) {
            return std::nullopt;
        }
        sum += *number * scale->factor;
        text.remove_prefix(1);
    } while (!text.empty());
    return std::chrono::seconds(sum);
}

std::string size_text(std::int64_t bytes) { return shortest(bytes, sizes); }

std::string duration_text(std::chrono::seconds duration) {
    return shortest(duration.count(), durations);
}

} // namespace gatehouse::policy
