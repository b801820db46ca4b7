#include "policy/checks/level.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::string_view, 3> level_names = {"privileged", "baseline", "restricted"};

} // namespace

std::string_view name_of(security_level level) noexcept {
    return level_names[static_cast<std::size_t>(level)];
}

std::optional<security_level> level_named(std::string_view name) noexcept {
    const auto found = std::ranges::find(level_names, name);
    if (found == level_names.end()) {
        return std::nullopt;
    }
    return static_cast<security_level>(found - level_names.begin());
}

std::optional<security_version> version_named(std::string_view name) noexcept {
    if (name == "latest") {
        return security_version{};
    }
    constexpr std::string_view prefix = "v1.";
    constexpr std::size_t most_digits = 9;
    if (!name.starts_with(prefix)) {
        return std::nullopt;
    }
    const std::string_view digits = name.substr(prefix.size());
    const bool is_number =
        !digits.empty() && digits.size() <= most_digits
        && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })
        && (digits.size() == 1 || digits.front() != '0');
    if (!is_number) {
        return std::nullopt;
    }
    std::uint32_t minor = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), minor);
    return security_version{minor};
}

std::string name_of(const security_version& version) {
    return version.minor ? fmt::format("v1.{}", *version.minor) : "latest";
}

std::uint32_t effective_minor(const security_version& version) noexcept {
    return std::min(version.minor.value_or(newest_minor), newest_minor);
}

} // namespace gatehouse::policy
