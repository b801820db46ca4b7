#include "server/admission/field_sets.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace gatehouse::server {
namespace {

using place = std::uint32_t;

constexpr std::string_view set_opening = R"("fieldsV1":{)";
/// What the search looks for first: a letter that is rare in pods.
constexpr std::size_t rare_at = set_opening.find('V');
/// Behind that many of the rare letter elsewhere the rest is parsed as it is: each costs time and saves none.
constexpr int most_misses = 1024;
/// Sets of real objects have about ten levels. Deeper ones are the parser's, which has a limit.
constexpr int most_levels = 32;

/// Where the next `"fieldsV1":{` ends that is outside of strings, if the quotes are what they seem.
class opening_search {
  public:
    explicit opening_search(std::string_view text) : text_(text) {}

    std::optional<std::size_t> next() {
        while (misses_ < most_misses) {
            const std::size_t hit = text_.find(set_opening[rare_at], at_);
            if (hit == std::string_view::npos) {
                return std::nullopt;
            }
            at_ = hit + 1;
            // A backslash in front makes the first quote a part of a longer key.
            if (hit > rare_at && text_.substr(hit - rare_at, set_opening.size()) == set_opening
                && text_[hit - rare_at - 1] != '\\') {
                at_ = hit - rare_at + set_opening.size();
                return at_ - 1;
            }
            ++misses_;
        }
        return std::nullopt;
    }
    void go_on_from(std::size_t at) { at_ = at; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    int misses_ = 0;
};

/// 1 where a backslash stands before anything but a quote: without branches, so that the loops become vectors.
std::uint8_t is_other_escape(const char* at) {
    const std::uint8_t is_backslash = at[0] == '\\';
    const std::uint8_t is_other = at[1] != '"';
    return static_cast<std::uint8_t>(is_backslash & is_other);
}

/// API servers write no escape but that of a quote into the keys of field sets.
bool has_only_escaped_quotes(std::string_view text) {
    constexpr std::size_t block = 64; // compilers make vectors only of loops whose length they know
    const char* at = text.data();
    std::size_t left = text.size() - 1; // the last is a bracket
    std::uint8_t others = 0;
    for (; left >= block; left -= block, at += block) {
        for (std::size_t i = 0; i < block; ++i) {
            others = static_cast<std::uint8_t>(others | is_other_escape(at + i));
        }
    }
    for (std::size_t i = 0; i < left; ++i) {
        others = static_cast<std::uint8_t>(others | is_other_escape(at + i));
    }
    return others == 0;
}

/// Moves `number` from the place of the bracket that begins a set to that of the one that ends it. False where anything but
/// `{"key":{...},...}` is between them; `number` is a place up to which all was seen then, or one behind the last. A bracket or comma right behind a colon or
/// bracket outside of strings is outside of strings as well, and so has the next place: most places are counted, not looked at.
bool pass_set(std::string_view text, std::span<const place> places, std::size_t& number) {
    constexpr std::size_t of_a_key = 3; // its quote, the colon, the bracket
    int level = 1;
    ++number;
    while (number + of_a_key < places.size() && text[places[number]] == '"') {
        const std::size_t colon = places[number + 1];
        if (text.substr(colon, 2) != ":{" || ++level > most_levels) {
            return false;
        }
        number += of_a_key;
        std::size_t at = colon + 2;
        if (text[at] == '"') {
            continue;
        }
        if (text[at] != '}') {
            return false;
        }
        for (; number < places.size() && text[at] == '}'; ++at, ++number) {
            if (--level == 0) {
                return places[number] == at;
            }
        }
        if (number >= places.size() || text[at] != ',') {
            return false;
        }
        ++number;
    }
    return false;
}

} // namespace

std::size_t leave_out_field_sets(std::span<const char> text, std::span<std::uint32_t> places) {
    const std::string_view all(text.data(), text.size());
    opening_search search(all);
    std::size_t kept = 0; // places in front that are as they are to be
    std::size_t seen = 0; // places looked at
    const auto keep_until = [&](std::size_t number) {
        if (kept != seen) {
            std::ranges::copy(places.subspan(seen, number - seen), places.subspan(kept).begin());
        }
        kept += number - seen;
        seen = number;
    };
    while (const auto bracket = search.next()) {
        const auto unseen = places.subspan(seen);
        const auto found = std::ranges::lower_bound(unseen, *bracket);
        if (found == unseen.end() || *found != *bracket) {
            continue; // in a string
        }
        const std::size_t first = seen + static_cast<std::size_t>(found - unseen.begin());
        std::size_t last = first;
        const bool is_whole = pass_set(all, places, last);
        // Never back: sets in a set that is not left out would be looked at once more for each.
        const std::size_t end = last < places.size() ? places[last] : all.size();
        search.go_on_from(end);
        if (is_whole && has_only_escaped_quotes(all.substr(*bracket, end + 1 - *bracket))) {
            keep_until(first + 1);
            seen = last;
        }
    }
    keep_until(places.size());
    return kept;
}

} // namespace gatehouse::server
