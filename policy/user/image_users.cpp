#include "policy/user/image_users.h"

#include "policy/user/image_user.h"

namespace gatehouse::policy {

bool needs_accounts(const user_want& want, std::string_view user) {
    if (want.group_id || want.groups) {
        return true; // even the group of a number, or of root, is what /etc/passwd says
    }
    const image_user_kind kind = read_image_user(user).kind;
    return want.user_id && (kind == image_user_kind::name || kind == image_user_kind::invalid_id);
}

bool is_judged(const user_want& want, const platform_image& platform) {
    return platform.os == "linux"
           && (want.architecture.empty() || platform.architecture.empty()
               || want.architecture == platform.architecture);
}

} // namespace gatehouse::policy
