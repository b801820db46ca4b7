#pragma once
// The rotation of Gatehouse's own certificates, as one pure function from what a Secret holds, the time, and
// what API servers have been told, to the next step. An authority is replaced in phases that overlap, so that at
// every moment every API server trusts every leaf that is served:
//   steady [old]  ->  published: bundle [old, new], leaf by old   (told to API servers, and settled)
//                 ->  switched:  bundle [old, new], leaf by new   (every replica serves it, and settled)
//                 ->  steady [new]
// A leaf alone is renewed in one step. Each step is one write of the Secret: interrupted anywhere, whoever leads
// next goes on from what the certificates say.

#include "server/certificates/examine.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {

struct rotation_settings {
    std::vector<std::string> names; ///< of the leaf
    std::chrono::seconds authority_lives{std::chrono::hours(26280)};
    std::chrono::seconds leaf_lives{std::chrono::hours(2160)};
    std::chrono::nanoseconds settle{std::chrono::seconds(60)};
};

enum class rotation_action : std::uint8_t {
    wait,
    note,        ///< only the annotations are to be put right
    fill,        ///< an authority and a leaf from nothing
    publish,     ///< a new authority beside the old one
    switch_leaf, ///< a leaf by the new one
    drop_old,    ///< the new one alone
    renew_leaf,  ///< another leaf by the same authority
    restore,     ///< what is in force into a Secret that was emptied
};

inline constexpr std::size_t rotation_action_count = 8;

/// As it stands in metrics and logs.
[[nodiscard]] std::string_view name_of(rotation_action action) noexcept;

struct rotation_step {
    rotation_action action = rotation_action::wait;
    wall_time look_again{}; ///< of a wait: the latest
    bool operator==(const rotation_step&) const = default;
};

/// What is to be done now. `published_for` is how long the API server has had the whole bundle (or nobody to
/// call us by), nothing where it has not.
[[nodiscard]] rotation_step next_step(
    const secret_contents& contents,
    const examined_contents& found,
    const rotation_settings& settings,
    wall_time now,
    std::optional<std::chrono::nanoseconds> published_for
);

/// What the Secret is to hold after that step. Requires: examine() of `contents` went well, or `action` is fill.
[[nodiscard]] policy::result<secret_contents> after_step(
    rotation_action action,
    const secret_contents& contents,
    const rotation_settings& settings,
    wall_time now
);

/// RFC 3339 as utc_text() writes it; nothing for anything else.
[[nodiscard]] std::optional<wall_time> parse_utc(const std::string& text);

} // namespace gatehouse::server
