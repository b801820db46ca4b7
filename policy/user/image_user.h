#pragma once
// USER of an image (config.User) as the kubelet and the runtime below it read it: the part before the
// first ":" alone counts, whatever stands behind it (pod-security standard's runAsNonRoot rests on this).

#include <cstdint>
#include <string_view>

namespace gatehouse::policy {

/// Ids that Kubernetes takes for valid end here.
inline constexpr std::int64_t largest_id = 2147483647;

enum class image_user_kind : std::uint8_t {
    none,       ///< nothing before the ":": root
    id,         ///< a number in 0..largest_id
    invalid_id, ///< another number; the runtime looks for a user of that name
    name,       ///< to be looked for in the image's /etc/passwd
};

struct image_user {
    image_user_kind kind = image_user_kind::none;
    std::int64_t id = 0;    ///< of id and invalid_id
    std::string_view name;  ///< the part before the ":" as written; lives as long as the text
    bool has_group = false; ///< something stands behind the ":", which nobody looks at
};

[[nodiscard]] image_user read_image_user(std::string_view user) noexcept;

/// Whether it is root without a look at /etc/passwd.
[[nodiscard]] inline bool is_root(const image_user& user) noexcept {
    return user.kind == image_user_kind::none || (user.kind == image_user_kind::id && user.id == 0);
}

} // namespace gatehouse::policy
