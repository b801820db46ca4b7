#include "policy/document/nearest.h"

#include "policy/text.h"

#include <algorithm>
#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

/// Restricted Damerau-Levenshtein distance: insert, delete, replace, swap neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> table(a.size() + 1);
    for (std::size_t i = 0; i <= a.size(); ++i) {
        table[i].assign(b.size() + 1, i);
    }
    for (std::size_t j = 0; j <= b.size(); ++j) {
        table[0][j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
            }
        }
    }
    return table[a.size()][b.size()];
}

} // namespace

std::string_view nearest_word(std::string_view written, std::span<const std::string_view> words) {
    constexpr std::size_t longest = 64; // no word of ours is near that
    if (written.empty() || written.size() > longest) {
        return {};
    }
    const std::string sought = lower(written);
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(written.size() / 3, 1) + 1;
    for (const std::string_view word : words) {
        const std::size_t found = distance(sought, lower(word));
        if (found < best_distance) {
            best = word;
            best_distance = found;
        }
    }
    return best;
}

} // namespace gatehouse::policy
