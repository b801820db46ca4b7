#include "policy/yaml/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

namespace gatehouse::policy {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct named_value {
    std::string_view text;
    yaml_value value;
};

const std::array<named_value, 39> names = {{
    {"", {}},
    {"~", {}},
    {"null", {}},
    {"Null", {}},
    {"NULL", {}},
    {"y", true},
    {"Y", true},
    {"yes", true},
    {"Yes", true},
    {"YES", true},
    {"true", true},
    {"True", true},
    {"TRUE", true},
    {"on", true},
    {"On", true},
    {"ON", true},
    {"n", false},
    {"N", false},
    {"no", false},
    {"No", false},
    {"NO", false},
    {"false", false},
    {"False", false},
    {"FALSE", false},
    {"off", false},
    {"Off", false},
    {"OFF", false},
    {".nan", not_a_number},
    {".NaN", not_a_number},
    {".NAN", not_a_number},
    {".inf", infinity},
    {".Inf", infinity},
    {".INF", infinity},
    {"+.inf", infinity},
    {"+.Inf", infinity},
    {"+.INF", infinity},
    {"-.inf", -infinity},
    {"-.Inf", -infinity},
    {"-.INF", -infinity},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A run of digits of `base`, the whole text and at least one.
std::optional<std::uint64_t> digits(std::string_view text, int base) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, value, base);
    if (failure != std::errc{} || stopped != end) {
        return std::nullopt;
    }
    return value;
}

/// Digits whose base is told by their beginning: 0x, 0b, 0o, 0 (octal), else decimal.
std::optional<std::uint64_t> based_digits(std::string_view text) {
    if (text.size() < 2 || text.front() != '0') {
        return digits(text, 10);
    }
    switch (text[1]) {
    case 'x':
    case 'X':
        return digits(text.substr(2), 16);
    case 'b':
    case 'B':
        return digits(text.substr(2), 2);
    case 'o':
    case 'O':
        return digits(text.substr(2), 8);
    default:
        return digits(text.substr(1), 8);
    }
}

std::optional<std::int64_t> with_sign(bool negative, std::optional<std::uint64_t> magnitude) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!magnitude || *magnitude > most + (negative ? 1 : 0)) {
        return std::nullopt;
    }
    // Modular arithmetic: the magnitude of the smallest int64 has no positive int64.
    return static_cast<std::int64_t>(negative ? 0 - *magnitude : *magnitude);
}

std::optional<yaml_value> integer(std::string_view text) {
    const bool has_sign = text.front() == '+' || text.front() == '-';
    const bool negative = text.front() == '-';
    const auto magnitude = based_digits(text.substr(has_sign ? 1 : 0));
    if (const auto value = with_sign(negative, magnitude)) {
        return yaml_value(*value);
    }
    if (magnitude && !has_sign) {
        return yaml_value(*magnitude);
    }
    return std::nullopt;
}

/// go-yaml reads `0b-1` as -1.
std::optional<yaml_value> binary_with_inner_sign(std::string_view text) {
    if (!text.starts_with("0b") || text.size() < 4 || (text[2] != '+' && text[2] != '-')) {
        return std::nullopt;
    }
    const auto value = with_sign(text[2] == '-', digits(text.substr(3), 2));
    return value ? std::optional<yaml_value>(*value) : std::nullopt;
}

/// [-+]? ( "." digits | digits [ "." digits? ] ) ( [eE] [-+]? digits )?
bool is_float(std::string_view text) {
    std::size_t at = 0;
    const auto skip = [&](auto&& accepted) {
        const std::size_t begin = at;
        while (at < text.size() && accepted(text[at])) {
            ++at;
        }
        return at - begin;
    };
    const auto take = [&](std::string_view any) {
        const bool found = at < text.size() && any.find(text[at]) != std::string_view::npos;
        at += found ? 1U : 0U;
        return found;
    };
    take("+-");
    const bool whole = skip(is_digit) > 0;
    const bool fraction = take(".") && skip(is_digit) > 0;
    if (!whole && !fraction) {
        return false;
    }
    if (take("eE")) {
        take("+-");
        if (skip(is_digit) == 0) {
            return false;
        }
    }
    return at == text.size();
}

/// Beyond the range of a double go-yaml keeps the text.
std::optional<yaml_value> floating(const std::string& text) {
    if (!is_float(text)) {
        return std::nullopt;
    }
    const double value = std::strtod(text.c_str(), nullptr);
    return std::isfinite(value) ? std::optional<yaml_value>(value) : std::nullopt;
}

/// `.5_0`: where the number begins with its dot, each `_` must stand between digits.
bool has_loose_underscore(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '_'
            && (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])
            )) {
            return true;
        }
    }
    return false;
}

} // namespace

yaml_value resolve_plain_scalar(std::string_view text) {
    const auto* named = std::ranges::find(names, text, &named_value::text);
    if (named != names.end()) {
        return named->value;
    }
    const char first = text.front();
    if (!is_digit(first) && first != '+' && first != '-' && first != '.') {
        return text;
    }
    std::string plain(text);
    std::erase(plain, '_');
    if (first == '.') {
        return has_loose_underscore(text) ? text : floating(plain).value_or(text);
    }
    if (const auto value = integer(plain)) {
        return *value;
    }
    if (const auto value = floating(plain)) {
        return *value;
    }
    return binary_with_inner_sign(plain).value_or(text);
}

std::string json_number(double value) {
    constexpr double smallest_fixed = 1e-6; // as encoding/json switches to an exponent
    constexpr double largest_fixed = 0x1p63;
    std::array<char, 64> buffer;
    const double size = std::fabs(value);
    const bool fixed = size == 0 || (size >= smallest_fixed && size < largest_fixed);
    const auto written = std::to_chars(
        buffer.data(),
        buffer.data() + buffer.size(),
        value,
        fixed ? std::chars_format::fixed : std::chars_format::scientific
    );
    return {buffer.data(), written.ptr};
}

} // namespace gatehouse::policy
