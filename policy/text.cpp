#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace gatehouse::policy {
namespace {

struct decoded {
    std::uint32_t code_point;
    std::size_t length; ///< bytes taken; 0 where it is not UTF-8
};

decoded decode_utf8(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return {first, 1};
    }
    std::size_t length = 0;
    std::uint32_t value = 0;
    if ((first & 0xe0) == 0xc0) {
        length = 2;
        value = first & 0x1fU;
    } else if ((first & 0xf0) == 0xe0) {
        length = 3;
        value = first & 0x0fU;
    } else if ((first & 0xf8) == 0xf0) {
        length = 4;
        value = first & 0x07U;
    }
    if (length == 0 || text.size() < length) {
        return {first, 0};
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) {
            return {first, 0};
        }
        value = (value << 6) | (byte(i) & 0x3fU);
    }
    return {value, length};
}

std::string escape_of(const decoded& c) {
    switch (c.code_point) {
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return c.length == 0 ? fmt::format("\\x{{{:02x}}}", c.code_point)
                             : fmt::format("\\u{{{:x}}}", c.code_point);
    }
}

bool is_identifier_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || std::string_view("-._/:@+").find(c) != std::string_view::npos;
}

/// printable() with `special` escaped by a backslash as well.
std::string excerpt(std::string_view text, std::size_t limit, std::string_view special) {
    constexpr std::string_view ellipsis = "...";
    const auto is_plain = [&](char c) {
        return c >= 0x20 && c < 0x7f && special.find(c) == std::string_view::npos;
    };
    if (text.size() <= limit && std::ranges::all_of(text, is_plain)) {
        return std::string(text); // nearly always
    }
    std::string out;
    std::size_t safe = 0; // the length at which the ellipsis still fits behind
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        std::string piece;
        std::size_t taken = 1;
        if (c >= 0x20 && c < 0x7f) {
            if (special.find(c) != std::string_view::npos) {
                piece += '\\';
            }
            piece += c;
        } else {
            const decoded character = decode_utf8(text.substr(at));
            taken = character.length == 0 ? 1 : character.length;
            piece = escape_of(character);
        }
        if (out.size() + piece.size() > limit) {
            out.resize(safe);
            return out.append(ellipsis.substr(0, limit));
        }
        out += piece;
        at += taken;
        if (out.size() + ellipsis.size() <= limit) {
            safe = out.size();
        }
    }
    return out;
}

/// How many bytes at the beginning, eight at a time, need no escape in JSON: nearly always all of them.
std::size_t clean_beginning(std::string_view text) {
    constexpr std::uint64_t each = 0x0101010101010101;
    constexpr std::uint64_t high = each * 0x80;
    const auto has_zero = [](std::uint64_t bytes) { return (bytes - each) & ~bytes & high; };
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + at, sizeof bytes);
        const std::uint64_t below_space = (bytes - each * 0x20) & ~bytes & high;
        if ((below_space | has_zero(bytes ^ each * '"') | has_zero(bytes ^ each * '\\')) != 0) {
            break;
        }
    }
    return at;
}

} // namespace

std::string printable(std::string_view text, std::size_t limit) { return excerpt(text, limit, {}); }

std::string one_line(std::string_view text) {
    const auto is_hidden = [](std::uint32_t c) {
        return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f)
               || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
    };
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const decoded character = decode_utf8(text.substr(at));
        const std::size_t taken = character.length == 0 ? 1 : character.length;
        const bool hidden = character.length == 0 || is_hidden(character.code_point);
        out += hidden ? escape_of(character) : std::string(text.substr(at, taken));
        at += taken;
    }
    return out;
}

std::string quoted(std::string_view text, std::size_t limit) {
    return '"' + excerpt(text, limit < 2 ? 0 : limit - 2, "\"\\") + '"';
}

std::string plain_or_quoted(std::string_view text, std::size_t limit) {
    bool plain = !text.empty() && text.size() <= limit;
    for (const char c : text) {
        plain = plain && is_identifier_character(c);
    }
    return plain ? std::string(text) : quoted(text, limit);
}

std::string joined(std::span<const std::string> items, std::size_t most) {
    std::string out;
    std::size_t shown = 0;
    for (const std::string& item : items) {
        if (shown == most) {
            fmt::format_to(std::back_inserter(out), " and {} more", items.size() - shown);
            break;
        }
        out.append(shown == 0 ? "" : ", ").append(item);
        ++shown;
    }
    return out;
}

std::string counted(std::size_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string_view cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) {
        return text;
    }
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) {
        --limit;
    }
    return text.substr(0, limit);
}

bool matches_glob(std::string_view pattern, std::string_view text) {
    // What stands behind the last star must end the text, which settles most mismatches at once.
    while (!pattern.empty() && !text.empty() && pattern.back() != '*') {
        if (pattern.back() != '?' && pattern.back() != text.back()) {
            return false;
        }
        pattern.remove_suffix(1);
        text.remove_suffix(1);
    }
    // The classic two-finger match: on a mismatch only the last star grows, so no pattern can make
    // this exponential.
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
            if (p == pattern.size()) {
                return true; // it takes the rest
            }
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') {
        ++p;
    }
    return p == pattern.size();
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return out;
}

void append_json_escaped(std::string& to, std::string_view text) {
    std::size_t clean = 0;
    for (std::size_t i = clean_beginning(text); i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        to.append(text.substr(clean, i - clean));
        clean = i + 1;
        if (c == '"' || c == '\\') {
            to += '\\';
            to += static_cast<char>(c);
        } else {
            fmt::format_to(std::back_inserter(to), "\\u{:04x}", c);
        }
    }
    to.append(text.substr(clean));
}

} // namespace gatehouse::policy
