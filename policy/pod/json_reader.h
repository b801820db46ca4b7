#pragma once
// Reads simdjson values into an arena with one sticky error: after the first mistake every read
// returns "absent" and the caller looks once at the end. A path costs nothing until it must be
// printed. Null is absent, as in the Kubernetes API; a value of another type is an error, never a
// default.

#include "policy/arena.h"
#include "policy/pod/decode.h"

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// Where a value stands: a chain of stack frames, rendered only for an error.
struct json_path {
    static constexpr std::size_t no_index = SIZE_MAX;

    const json_path* parent = nullptr;
    std::string_view key;
    std::size_t index = no_index;

    [[nodiscard]] json_path field(std::string_view name) const { return {this, name, no_index}; }
    [[nodiscard]] json_path item(std::size_t number) const { return {this, {}, number}; }
    /// "object.spec.containers[0].image"; keys are made printable and the whole is bounded.
    [[nodiscard]] std::string text() const;
};

/// Which keys of an object have been seen, give or take: a key that was added is never taken for new.
class seen_keys {
  public:
    /// Objects with more keys would fill the filter.
    static constexpr std::size_t most = 64;

    /// False where the key, or another one of its bucket, was added before.
    [[nodiscard]] bool add(std::string_view key) noexcept {
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
    static std::size_t bucket_of(std::string_view key) noexcept {
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

/// No list that rules walk is longer: a pod has a handful of containers, and an object with more
/// than this is refused rather than judged for seconds.
inline constexpr std::size_t most_list_items = 1000;

class json_reader {
  public:
    explicit json_reader(arena& memory) : memory_(memory) {}

    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] const decode_error& error() const noexcept { return error_; }
    [[nodiscard]] arena& memory() const noexcept { return memory_; }

    void fail(const json_path& at, std::string problem);

    /// A string, copied into the arena.
    [[nodiscard]] std::optional<std::string_view> text(
        simdjson::dom::element value,
        const json_path& at
    );
    [[nodiscard]] std::optional<bool> boolean(simdjson::dom::element value, const json_path& at);
    /// A whole number; `0.0` and `1e3` are refused.
    [[nodiscard]] std::optional<std::int64_t> integer(
        simdjson::dom::element value,
        const json_path& at
    );
    /// A user or group id: 0..2147483647, as the API server validates it.
    [[nodiscard]] std::optional<std::int64_t> id(simdjson::dom::element value, const json_path& at);

    /// visit(key, value, path) for every field of an object. A key that stands twice is an error, even
    /// behind another one.
    template <class Visit>
    void fields(simdjson::dom::element value, const json_path& at, Visit&& visit) {
        if (failed_ || value.is_null()) {
            return;
        }
        simdjson::dom::object object;
        if (value.get(object) != simdjson::SUCCESS) {
            fail(at, "must be an object");
            return;
        }
        const bool is_large = object.size() > seen_keys::most;
        if (is_large && !check_unique(object, at)) {
            return;
        }
        seen_keys seen;
        const auto end = object.end();
        for (auto entry = object.begin(); entry != end; ++entry) {
            const std::string_view key = entry.key();
            if (!is_large && !seen.add(key) && stands_before(object, entry)) {
                fail_twice(at.field(key));
                return;
            }
            if (!failed_) {
                visit(key, entry.value(), at.field(key));
            }
        }
    }

    /// make(value, path) for every item of an array, as a list in the arena.
    template <class T, class Make>
    [[nodiscard]] list<T> items(simdjson::dom::element value, const json_path& at, Make&& make) {
        if (failed_ || value.is_null()) {
            return {};
        }
        simdjson::dom::array array;
        if (value.get(array) != simdjson::SUCCESS) {
            fail(at, "must be a list");
            return {};
        }
        std::size_t count = 0;
        for ([[maybe_unused]] const simdjson::dom::element item : array) {
            ++count; // array.size() saturates
        }
        if (count > most_list_items) {
            fail(at, "has more than 1000 items");
            return {};
        }
        const std::span<T> made = memory_.make_array<T>(count);
        std::size_t number = 0;
        for (const simdjson::dom::element item : array) {
            if (failed_) {
                return {};
            }
            made[number] = make(item, at.item(number));
            ++number;
        }
        return {made.data(), made.size()};
    }

    /// A list of strings; null items are refused.
    [[nodiscard]] list<std::string_view> texts(simdjson::dom::element value, const json_path& at);

  private:
    /// For objects with more keys than seen_keys holds.
    [[nodiscard]] bool check_unique(const simdjson::dom::object& object, const json_path& at);
    /// True where the key of `entry` also stands before it.
    [[nodiscard]] static bool stands_before(
        const simdjson::dom::object& object,
        const simdjson::dom::object::iterator& entry
    );
    /// What is no JSON object at all outweighs an earlier mistake in it.
    void fail_twice(const json_path& at);

    arena& memory_;
    decode_error error_;
    bool failed_ = false;
};

} // namespace gatehouse::policy
