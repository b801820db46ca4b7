#pragma once
// Patterns over image references (interface 2.2): `HOST[:PORT]/PATH[:TAG]`, matched on segment
// borders, anchored at both ends, against the canonical spelling.
//   host: `*` is part or all of one DNS label
//   path: `*` stays inside one segment (beside other characters it may match nothing); `**` is a
//   whole
//         segment and takes any number of segments (none included, except at the end: at least
//         one); a first segment `**` is any registry and any leading segments; `**` alone is every
//         image;
//         `$(namespace)` is one whole segment: the request's namespace
//   tag:  a glob; a pattern without a tag matches every tag and digest
// Bare names get `docker.io` and `library/` as references do, but never a tag.

#include "policy/image/reference.h"
#include "policy/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// What a list of patterns is used for: with a digest in the reference its tag is decoration, and a
/// pattern with a tag then matches nothing in a permitting list but still matches in a denying one.
enum class pattern_use : std::uint8_t { permit, deny };

class image_pattern {
  public:
    /// Fails with errc::malformed and what to write instead, e.g. for a trailing `/`, `?[]{}`,
    /// `***`, a scheme, a space, an empty segment, upper case in the path, a lone `*` as the first
    /// of several segments (proposes `**`), more than 512 characters, or a pattern that can match
    /// nothing.
    [[nodiscard]] static result<image_pattern> parse(std::string_view text);

    /// Linear in the reference's length times the pattern's; never exponential. No allocation.
    [[nodiscard]] bool matches(
        const reference& image,
        std::string_view request_namespace,
        pattern_use use
    ) const;

    /// As the user wrote it: what messages quote.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// True where the host part holds a wildcard, or the pattern begins with `**`: `policy
    /// validate` warns of that in a permitting list.
    [[nodiscard]] bool has_host_wildcard() const noexcept { return host_wildcard_; }

  private:
    image_pattern() = default;
    std::string text_;
    bool any_registry_ = false; ///< first segment `**`
    bool host_wildcard_ = false;
    std::string host_;                  ///< canonical, with port; unused if any_registry_
    std::vector<std::string> segments_; ///< of the path
    std::string tag_;                   ///< glob; empty where the pattern has none
};

} // namespace gatehouse::policy
