#pragma once
// The three small languages that image names are made of, as automata: a path segment, a label of a
// registry host, a tag. References ask whether a text belongs to one; patterns ask whether any text
// that a glob matches does, so that a pattern that can match nothing is found when it is written.
// Source: OCI distribution specification 1.1, "Pulling manifests"; the host as in RFC 952 and 1123.
// Pure and without state; never allocates.

#include <cstdint>
#include <string_view>

namespace gatehouse::policy {

enum class image_part : std::uint8_t {
    segment, ///< lower-case letters and digits, joined by ".", "_", "__" or any number of "-"
    label,   ///< letters and digits, dashes inside
    tag, ///< letters, digits, "_", "." and "-", not beginning with "." or "-"; the length is not
         ///< looked at
};

[[nodiscard]] bool is_valid(image_part part, std::string_view text) noexcept;

/// True if some valid text matches `glob`, in which `*` is any run of characters and may be empty.
[[nodiscard]] bool can_match(image_part part, std::string_view glob) noexcept;

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_lower_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}
[[nodiscard]] constexpr bool is_printable(char c) noexcept { return c > ' ' && c < '\x7f'; }

[[nodiscard]] bool has_upper(std::string_view text) noexcept;

} // namespace gatehouse::policy
