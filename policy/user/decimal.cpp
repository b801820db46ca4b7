#include "policy/user/decimal.h"

#include <limits>

namespace gatehouse::policy {

decimal read_decimal(std::string_view text) noexcept {
    constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
    constexpr std::uint64_t border = std::uint64_t{1} << 63;
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    if (text.empty()) {
        return {};
    }
    std::uint64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return {};
        }
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (number > (largest - digit) / 10) {
            number = largest; // what follows is not looked at any more
            break;
        }
        number = number * 10 + digit;
    }
    if (is_negative ? number > border : number >= border) {
        return {
            decimal_kind::out_of_range,
            is_negative ? std::numeric_limits<std::int64_t>::min()
                        : std::numeric_limits<std::int64_t>::max()};
    }
    return {decimal_kind::number, static_cast<std::int64_t>(is_negative ? 0 - number : number)};
}

} // namespace gatehouse::policy
