#include "policy/yaml/characters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace gatehouse::policy {
namespace {

/// Length of the UTF-8 sequence at the front and its code point; 0 where it is none. Overlong
/// forms, surrogates and values beyond U+10FFFF are none (RFC 3629 section 4).
struct sequence {
    std::size_t length = 0;
    std::uint32_t code_point = 0;
};

sequence decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return {1, first};
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        return {};
    }
    std::uint32_t value = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U) {
            return {};
        }
        value = (value << 6U) | (byte(i) & 0x3fU);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < smallest[length] || surrogate || value > 0x10ffff) {
        return {};
    }
    return {length, value};
}

bool is_refused(std::uint32_t c) {
    if (c < 0x20) {
        return c != '\t' && c != '\n';
    }
    return (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0xfffe
           || c == 0xffff;
}

std::string refusal(std::uint32_t c) {
    if (c == '\r') {
        return "a carriage return may stand only before a line feed";
    }
    if (c == 0xfeff) {
        return "a byte order mark may stand only at the beginning of a file";
    }
    return fmt::format("the character U+{:04X} is not allowed; write it as an escape in quotes", c);
}

std::optional<std::uint32_t> hex4(std::string_view text) {
    std::uint32_t value = 0;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        const char letter = static_cast<char>(c | 0x20);
        if (!digit && !(letter >= 'a' && letter <= 'f')) {
            return std::nullopt;
        }
        value = value * 16 + static_cast<std::uint32_t>(digit ? c - '0' : letter - 'a' + 10);
    }
    return value;
}

/// The code point of the escaped pair at the front ("\ud83d\ude00"), or nothing.
std::optional<std::uint32_t> surrogate_pair(std::string_view text) {
    if (text.size() < 12 || !text.starts_with("\\u") || text.substr(6, 2) != "\\u") {
        return std::nullopt;
    }
    const auto high = hex4(text.substr(2, 4));
    const auto low = hex4(text.substr(8, 4));
    if (!high || !low || (*high & 0xfc00U) != 0xd800U || (*low & 0xfc00U) != 0xdc00U) {
        return std::nullopt;
    }
    return 0x10000 + ((*high & 0x3ffU) << 10U) + (*low & 0x3ffU);
}

bool is_flow_style(std::string_view text) {
    if (text.starts_with("---")) {
        text.remove_prefix(3);
    }
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

} // namespace

std::optional<character_problem> find_bad_character(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const sequence found = decode(text.substr(at));
        if (found.length == 0) {
            return character_problem{at, "this is not UTF-8"};
        }
        const bool ends_line =
            found.code_point == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
        if (is_refused(found.code_point) && !ends_line) {
            return character_problem{at, refusal(found.code_point)};
        }
        at += found.length;
    }
    return std::nullopt;
}

std::size_t rewritten_text::original(std::size_t offset) const {
    const auto before = std::ranges::upper_bound(cuts, offset) - cuts.begin();
    return offset + 2 * static_cast<std::size_t>(before);
}

rewritten_text join_surrogate_escapes(std::string_view text) {
    rewritten_text out;
    if (!is_flow_style(text)) {
        out.text = text;
        return out;
    }
    out.text.reserve(text.size());
    bool quoted = false;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t taken = 1;
        if (text[at] == '"') {
            quoted = !quoted;
        } else if (quoted && text[at] == '\\') {
            if (const auto joined = surrogate_pair(text.substr(at))) {
                out.text += fmt::format("\\U{:08x}", *joined);
                out.cuts.push_back(out.text.size());
                at += 12;
                continue;
            }
            taken = 2;
        }
        out.text += text.substr(at, taken);
        at += taken;
    }
    return out;
}

} // namespace gatehouse::policy
