#pragma once
// What is known of the user that an image brings along, platform by platform (OCI image specification,
// "config.md": config.User). Facts, as the server fetched them: image_evidence holds them, identity.h makes
// something of them. Values only.

#include "policy/image/digest.h"
#include "policy/shared_list.h"
#include "policy/user/accounts.h"

#include <memory>
#include <optional>
#include <string>

namespace gatehouse::policy {

/// One image that a reference may stand for: the only one, or an entry of its index.
struct platform_image {
    std::string os;           ///< "linux", "windows": as the index says, else the config
    std::string architecture; ///< GOARCH: "amd64"
    std::string variant;      ///< "v7"; usually empty
    digest manifest;          ///< of this platform's manifest
    std::string user; ///< config.User as written, at most longest_user bytes; empty where absent
};

/// A longer USER makes the image's user one that could not be resolved.
inline constexpr std::size_t longest_user = 256;

/// Every platform of an image; entries of an index that are no image (attestations) are left out.
using platform_images = shared_list<platform_image>;

/// What a review needs to know of the user of one image, beside what its pod says. Each of the last three
/// may take the image's layers, which is dear: needs_accounts() says whether it does.
struct user_want {
    bool config = false;      ///< USER itself; implied by the others
    bool user_id = false;     ///< the uid that USER stands for
    bool group_id = false;    ///< the primary gid
    bool groups = false;      ///< the memberships that the image's /etc/group gives
    std::string architecture; ///< the one that the pod is bound to; empty = all are judged

    [[nodiscard]] bool any() const noexcept { return config || user_id || group_id || groups; }
    bool operator==(const user_want&) const = default;
};

/// Whether /etc/passwd and /etc/group of the image have to be read, given its USER.
[[nodiscard]] bool needs_accounts(const user_want& want, std::string_view user);

/// Whether this platform is judged for a pod of Linux: of other operating systems none is, and of other
/// architectures than the wanted one, if one is, none but those that do not say theirs.
[[nodiscard]] bool is_judged(const user_want& want, const platform_image& platform);

} // namespace gatehouse::policy
