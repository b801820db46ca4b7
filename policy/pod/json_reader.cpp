#include "policy/pod/json_reader.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace gatehouse::policy {
namespace {

constexpr std::int64_t largest_id = 2147483647; // apimachinery validates ids as int32
constexpr std::size_t longest_path = 300;
constexpr std::size_t longest_key = 80;

/// Which keys of an object have been seen, give or take: a key that is not in here is new.
class seen_keys {
  public:
    /// False where the key, or another one of its bucket, was added before.
    bool add(std::string_view key) {
        const std::size_t bucket = bucket_of(key);
        std::uint64_t& word = bits_[bucket / 64];
        const std::uint64_t bit = std::uint64_t{1} << (bucket % 64);
        const bool is_new = (word & bit) == 0;
        word |= bit;
        return is_new;
    }

  private:
    static constexpr std::size_t buckets = 256;

    /// Spreads the keys of Kubernetes objects well and costs three loads.
    static std::size_t bucket_of(std::string_view key) {
        if (key.empty()) {
            return 0;
        }
        const auto first = static_cast<unsigned char>(key.front());
        const auto last = static_cast<unsigned char>(key.back());
        const auto middle = static_cast<unsigned char>(key[key.size() / 2]);
        return (first * 5U + last * 3U + middle * 11U + key.size() * 17U) % buckets;
    }

    std::array<std::uint64_t, buckets / 64> bits_{};
};

/// For objects too large to compare pairwise.
std::optional<std::string_view> find_duplicate_among_many(const simdjson::dom::object& object) {
    std::vector<std::string_view> keys;
    for (const simdjson::dom::key_value_pair entry : object) {
        keys.push_back(entry.key);
    }
    std::ranges::sort(keys);
    const auto twice = std::ranges::adjacent_find(keys);
    return twice == keys.end() ? std::nullopt : std::optional(*twice);
}

/// The key that stands twice.
std::optional<std::string_view> find_duplicate(const simdjson::dom::object& object) {
    constexpr std::size_t few = 64;
    if (object.size() > few) {
        return find_duplicate_among_many(object);
    }
    seen_keys seen;
    const auto end = object.end();
    for (auto at = object.begin(); at != end; ++at) {
        const std::string_view key = at.key();
        if (seen.add(key)) {
            continue;
        }
        for (auto earlier = object.begin(); earlier != at; ++earlier) {
            if (earlier.key() == key) {
                return key;
            }
        }
    }
    return std::nullopt;
}

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
    const std::optional<std::string_view> twice = find_duplicate(object);
    if (!twice) {
        return true;
    }
    fail(at.field(*twice), "stands twice in its object");
    error_.duplicate_key = true;
    return false;
}

} // namespace gatehouse::policy
