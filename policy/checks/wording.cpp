#include "policy/checks/wording.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace gatehouse::policy {
namespace {

// A denial has 880 bytes for everything (interface 4.1), so no single line may take most of them.
constexpr std::size_t longest_value = 64;
constexpr std::size_t most_values = 6;

template <class Value, class Show>
listing listing_of(std::vector<Value> values, Show show) {
    std::ranges::sort(values);
    const auto repeated = std::ranges::unique(values);
    values.erase(repeated.begin(), repeated.end());
    std::vector<std::string> texts;
    for (const Value& value : values) {
        // joined() shows most_values of them and counts the rest without looking at it.
        texts.push_back(texts.size() < most_values ? show(value) : std::string());
    }
    return {joined(texts, most_values), values.size() > 1};
}

} // namespace

std::string shown(std::string_view value) { return plain_or_quoted(value, longest_value); }

listing listed(std::vector<std::string_view> values) {
    return listing_of(std::move(values), [](std::string_view value) { return shown(value); });
}

listing listed(std::vector<std::int64_t> values) {
    return listing_of(std::move(values), [](std::int64_t value) { return fmt::to_string(value); });
}

std::string one_of(std::span<const std::string_view> allowed) {
    std::string text;
    for (std::size_t i = 0; i < allowed.size(); ++i) {
        const std::string_view between = i == 0 ? "" : i + 1 == allowed.size() ? " or " : ", ";
        text.append(between).append(allowed[i]);
    }
    return text;
}

} // namespace gatehouse::policy
