#include "server/registry/json_keys.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <set>

namespace gatehouse::server {

using policy::errc;
using policy::error;

std::string folded_key(std::string_view key) {
    constexpr std::string_view long_s = "\xC5\xBF";
    constexpr std::string_view kelvin = "\xE2\x84\xAA";
    std::string folded;
    while (!key.empty()) {
        if (key.starts_with(long_s)) {
            folded += 's';
            key.remove_prefix(long_s.size());
        } else if (key.starts_with(kelvin)) {
            folded += 'k';
            key.remove_prefix(kelvin.size());
        } else {
            folded += key.front();
            key.remove_prefix(1);
        }
    }
    return policy::lower(folded);
}

// As deep as the parser lets a document be.
// NOLINTNEXTLINE(misc-no-recursion)
policy::result<void> refuse_ambiguous_keys(simdjson::dom::element manifest) {
    simdjson::dom::array items;
    if (manifest.get(items) == simdjson::SUCCESS) {
        for (const simdjson::dom::element item : items) {
            GATEHOUSE_TRY(refuse_ambiguous_keys(item));
        }
    }
    simdjson::dom::object fields;
    if (manifest.get(fields) != simdjson::SUCCESS) {
        return policy::success();
    }
    std::set<std::string> seen;
    for (const auto field : fields) {
        const std::string key = folded_key(field.key);
        if (!seen.insert(key).second) {
            return error(errc::malformed, fmt::format("has {} twice", policy::quoted(key, 40)));
        }
        if (key != "annotations") {
            GATEHOUSE_TRY(refuse_ambiguous_keys(field.value));
        }
    }
    return policy::success();
}

} // namespace gatehouse::server
