#pragma once
// What Gatehouse reads of an image's config (OCI image specification, "config.md"): the platform it is for and
// the user it runs as. Keys are found as Go's encoding/json finds them, since runtimes read configs with it: in
// any case. Pure.

#include "policy/result.h"

#include <string>
#include <string_view>

namespace gatehouse::server {

inline constexpr std::size_t longest_image_config = std::size_t{4} << 20;

struct image_config {
    std::string os;
    std::string architecture;
    std::string variant;
    std::string user; ///< as written; empty where it is absent
};

/// Error: malformed, what is no JSON object, has a key twice in whatever case, or has something else than text
/// where text belongs; too_large for a user longer than policy::longest_user.
[[nodiscard]] policy::result<image_config> parse_image_config(std::string_view body);

} // namespace gatehouse::server
