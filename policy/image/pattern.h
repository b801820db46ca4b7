#pragma once
// Patterns over image references (interface 2.2): `HOST[:PORT]/PATH[:TAG]`, matched on segment
// borders, anchored at both ends, against the canonical spelling. Immutable; safe to share.
//
//   host: `*` is part or all of one DNS label, so it never matches an IPv6 address;
//         a port has no wildcard
//   path: `*` stays inside one segment (beside other characters it may match nothing);
//         `**` is a whole segment and takes any number of segments (none included, except at
//         the end: at least one);
//         a first segment `**` is any registry and any leading segments;
//         `**` alone is every image;
//         `$(namespace)` is one whole segment: the request's namespace
//   tag:  a glob; a pattern without a tag matches every tag and digest
//
// The first of several segments is a host by the same test as in a reference; `*` alone may not be
// that first segment. Bare names get `docker.io` and `library/` as references do, but never a tag;
// `docker.io/**` is all of docker.io. A pattern has no digest.

#include "policy/image/reference.h"
#include "policy/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// What a list of patterns is used for: with a digest in the reference its tag is decoration, and a
/// pattern with a tag then matches nothing in a permitting list but still matches in a denying one.
enum class pattern_use : std::uint8_t { permit, deny };

inline constexpr std::size_t longest_image_pattern = 512;

class image_pattern {
  public:
    /// Fails with errc::malformed and what to write instead, for every error that interface 2.2
    /// lists, for a digest, for more than 512 characters, and for a pattern that can match nothing.
    [[nodiscard]] static result<image_pattern> parse(std::string_view text);

    /// At most the reference's length times the pattern's steps; never exponential. No allocation.
    [[nodiscard]] bool matches(
        const reference& image,
        std::string_view request_namespace,
        pattern_use use
    ) const {
        // Another registry settles most questions, without a call.
        const bool is_of_another =
            registry_ == registry_kind::literal && image.registry() != registry_text_;
        return !is_of_another && matches_closely(image, request_namespace, use);
    }

    /// As the user wrote it: what messages quote.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// True where the host part holds a wildcard, or the pattern begins with `**`: `policy
    /// validate` warns of that in a permitting list.
    [[nodiscard]] bool has_host_wildcard() const noexcept {
        return registry_ == registry_kind::any || registry_ == registry_kind::glob;
    }

    /// host[:port], canonical; empty where it holds a wildcard.
    [[nodiscard]] std::string_view literal_registry() const noexcept {
        return registry_ == registry_kind::literal ? std::string_view(registry_text_)
                                                   : std::string_view{};
    }
    /// The same paths of another registry, given canonically. Requires: a literal registry.
    void move_to(std::string_view registry);

  private:
    enum class registry_kind : std::uint8_t { literal, glob, any };
    enum class segment_kind : std::uint8_t { literal, glob, any_number, request_namespace };
    struct segment {
        segment_kind kind = segment_kind::literal;
        std::string text; ///< of a literal or glob
    };

    image_pattern() = default;
    [[nodiscard]] static segment make_segment(std::string_view text);
    /// Adds `library/` where docker.io needs it, and splits off the literal beginning of the segments.
    void complete();
    /// A lower bound for the length of the names that match.
    [[nodiscard]] std::size_t least_name() const;
    [[nodiscard]] static bool matches_segment(
        const segment& one,
        std::string_view text,
        std::string_view request_namespace
    );
    /// Requires: a literal registry is the image's.
    [[nodiscard]] bool matches_closely(
        const reference& image,
        std::string_view request_namespace,
        pattern_use use
    ) const;
    [[nodiscard]] bool matches_registry_glob(std::string_view registry) const;
    [[nodiscard]] bool matches_path(std::string_view path, std::string_view request_namespace)
        const;
    [[nodiscard]] bool matches_rest(std::string_view path, std::string_view request_namespace)
        const;
    [[nodiscard]] bool matches_tag(const reference& image, pattern_use use) const;

    std::string text_;
    registry_kind registry_ = registry_kind::literal;
    std::string registry_text_; ///< canonical, with port; unused for registry_kind::any
    /// Of the path. A `**` at its end is stored as `**` and `*`, which says "at least one".
    std::vector<segment> segments_;
    /// The literal segments before any other, each with the slash behind it but the last of all.
    std::string beginning_;
    std::size_t rest_ = 0; ///< the first segment behind them
    bool takes_any_rest_ = false;
    std::string tag_; ///< glob; empty where the pattern has none
};

} // namespace gatehouse::policy
