#include "policy/pod/json_reader.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace gatehouse::policy {
namespace {

constexpr std::int64_t largest_id = 2147483647; // apimachinery validates ids as int32
constexpr std::size_t longest_path = 300;
constexpr std::size_t longest_key = 80;

} // namespace

std::string json_path::text() const {
    std::vector<const json_path*> chain;
    for (const json_path* at = this; at != nullptr; at = at->parent) {
        chain.push_back(at);
    }
    std::string out;
    for (auto it = chain.rbegin(); it != chain.rend(); ++it) {
        if ((*it)->index != no_index) {
            out += fmt::format("[{}]", (*it)->index);
            continue;
        }
        if (!out.empty()) {
            out += '.';
        }
        out += printable((*it)->key, longest_key);
    }
    return std::string(cut(out, longest_path));
}

void json_reader::fail(const json_path& at, std::string problem) {
    if (failed_) {
        return;
    }
    failed_ = true;
    error_ = {.field = at.text(), .problem = std::move(problem), .duplicate_key = false};
}

std::optional<std::string_view> json_reader::text(
    simdjson::dom::element value,
    const json_path& at
) {
    if (failed_ || value.is_null()) {
        return std::nullopt;
    }
    std::string_view found;
    if (value.get(found) != simdjson::SUCCESS) {
        fail(at, "must be a string");
        return std::nullopt;
    }
    return memory_.copy(found);
}

std::optional<bool> json_reader::boolean(simdjson::dom::element value, const json_path& at) {
    if (failed_ || value.is_null()) {
        return std::nullopt;
    }
    bool found = false;
    if (value.get(found) != simdjson::SUCCESS) {
        fail(at, "must be true or false");
        return std::nullopt;
    }
    return found;
}

std::optional<std::int64_t> json_reader::integer(
    simdjson::dom::element value,
    const json_path& at
) {
    if (failed_ || value.is_null()) {
        return std::nullopt;
    }
    std::int64_t found = 0;
    if (value.get(found) != simdjson::SUCCESS) {
        fail(at, "must be a whole number");
        return std::nullopt;
    }
    return found;
}

std::optional<std::int64_t> json_reader::id(simdjson::dom::element value, const json_path& at) {
    const auto found = integer(value, at);
    if (found && (*found < 0 || *found > largest_id)) {
        fail(at, "must be between 0 and 2147483647");
        return std::nullopt;
    }
    return found;
}

list<std::string_view> json_reader::texts(simdjson::dom::element value, const json_path& at) {
    return items<std::string_view>(
        value,
        at,
        [this](simdjson::dom::element item, const json_path& where) {
            const auto found = text(item, where);
            if (!found) {
                fail(where, "must be a string");
            }
            return found.value_or(std::string_view{});
        }
    );
}

bool json_reader::check_unique(const simdjson::dom::object& object, const json_path& at) {
    std::vector<std::string_view> keys;
    for (const simdjson::dom::key_value_pair entry : object) {
        keys.push_back(entry.key);
    }
    std::ranges::sort(keys);
    const auto twice = std::ranges::adjacent_find(keys);
    if (twice == keys.end()) {
        return true;
    }
    fail_twice(at.field(*twice));
    return false;
}

bool json_reader::stands_before(
    const simdjson::dom::object& object,
    const simdjson::dom::object::iterator& entry
) {
    const std::string_view key = entry.key();
    for (auto earlier = object.begin(); earlier != entry; ++earlier) {
        if (earlier.key() == key) {
            return true;
        }
    }
    return false;
}

void json_reader::fail_twice(const json_path& at) {
    if (failed_ && error_.duplicate_key) {
        return;
    }
    failed_ = true;
    error_ = {.field = at.text(), .problem = "stands twice in its object", .duplicate_key = true};
}

} // namespace gatehouse::policy
