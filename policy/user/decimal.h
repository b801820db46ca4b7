#pragma once
// Whole numbers as the runtime's own language reads them from /etc/passwd, /etc/group and USER (Go,
// strconv: an optional sign, decimal digits, 64 bits). Used by accounts.cpp and image_user.cpp.

#include <cstdint>
#include <string_view>

namespace gatehouse::policy {

enum class decimal_kind : std::uint8_t {
    number,
    not_a_number, ///< an empty text included
    out_of_range, ///< of 64 bits
};

struct decimal {
    decimal_kind kind = decimal_kind::not_a_number;
    /// 0 where it is no number; the nearest number where it is out of range.
    std::int64_t value = 0;
};

[[nodiscard]] decimal read_decimal(std::string_view text) noexcept;

} // namespace gatehouse::policy
