#include "policy/rules/ranges.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace gatehouse::policy {

bool in_ranges(std::int64_t id, std::span<const id_range> ranges) noexcept {
    return std::ranges::any_of(ranges, [&](const id_range& range) {
        return range.min <= id && id <= range.max;
    });
}

std::string ranges_text(std::span<const id_range> ranges) {
    constexpr std::size_t most = 3;
    std::vector<std::string> items;
    for (const id_range& range : ranges) {
        items.push_back(
            range.min == range.max ? fmt::format("{}", range.min)
                                   : fmt::format("{}-{}", range.min, range.max)
        );
    }
    if (items.size() == 2) {
        return items[0] + " or " + items[1];
    }
    return joined(items, most);
}

} // namespace gatehouse::policy
