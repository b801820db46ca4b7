#pragma once
// base64 of RFC 4648, the strict reading: padded, nothing between the characters, unused bits zero. So
// one text stands for some bytes, and no other text does. Pure and safe on any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

enum class base64_alphabet : std::uint8_t {
    standard, ///< section 4
    either,   ///< section 4 or section 5 (URL safe), not mixed
};

/// The bytes; nothing where the text is not base64.
[[nodiscard]] std::optional<std::string> decode_base64(
    std::string_view text,
    base64_alphabet alphabet = base64_alphabet::standard
);

} // namespace gatehouse::policy
