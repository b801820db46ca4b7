#include "policy/signature/base64.h"

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::uint8_t none = 64;
using value_table = std::array<std::uint8_t, 256>;

consteval value_table table_of(char sixty_two, char sixty_three) {
    value_table table{};
    table.fill(none);
    for (std::uint8_t i = 0; i < 26; ++i) {
        table[static_cast<std::size_t>('A' + i)] = i;
        table[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(26 + i);
    }
    for (std::uint8_t i = 0; i < 10; ++i) {
        table[static_cast<std::size_t>('0' + i)] = static_cast<std::uint8_t>(52 + i);
    }
    table[static_cast<std::size_t>(sixty_two)] = 62;
    table[static_cast<std::size_t>(sixty_three)] = 63;
    return table;
}

constexpr value_table standard_values = table_of('+', '/');
constexpr value_table url_values = table_of('-', '_');

} // namespace

std::optional<std::string> decode_base64(std::string_view text, base64_alphabet alphabet) {
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    const bool is_url =
        alphabet == base64_alphabet::either && text.find_first_of("-_") != std::string_view::npos;
    const value_table& values = is_url ? url_values : standard_values;
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    std::string out;
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned int held = 0; // how many of the low bits of `bits` are still to be written
    for (const char c : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(c)];
        if (value == none) {
            return std::nullopt;
        }
        bits = (bits << 6) | value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out += static_cast<char>((bits >> held) & 0xff);
        }
    }
    const bool rest_is_zero = (bits & ((1U << held) - 1)) == 0;
    return rest_is_zero ? std::optional(std::move(out)) : std::nullopt;
}

} // namespace gatehouse::policy
