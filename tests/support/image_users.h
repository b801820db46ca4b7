#pragma once
// What is known of the users of an image, as values: for tests of whatever judges or shows them.

#include "policy/evidence.h"
#include "policy/user/identity.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::testing_support {

/// root, app (1000, group 1000) and web (2000, group 3000); staff (50) lists app, media (60) both.
[[nodiscard]] inline policy::account_files usual_accounts() {
    return {
        .passwd = "root:x:0:0::/:\napp:x:1000:1000::/:\nweb:x:2000:3000::/:\nzero:x:0:7::/:\n"
                  "odd:x:a:b::/:\n",
        .group = "root:x:0:\nstaff:x:50:app\nmedia:x:60:app,web\napp:x:1000:\n"};
}

[[nodiscard]] inline policy::known_accounts known_accounts_of(const policy::account_files& files) {
    return std::make_shared<const policy::accounts>(policy::read_accounts(files).value());
}

struct known_platform {
    std::string user;
    policy::known_accounts accounts = known_accounts_of(usual_accounts());
    std::string os = "linux";
    std::string architecture = "amd64";
    std::string variant = {};
};

[[nodiscard]] inline policy::image_user_facts user_facts_of(std::vector<known_platform> platforms) {
    policy::image_user_facts out;
    std::vector<policy::platform_image> images;
    for (known_platform& one : platforms) {
        images.push_back(
            {one.os,
             one.architecture,
             one.variant,
             policy::digest::of(one.os + one.architecture + one.variant),
             one.user}
        );
        out.accounts_of.push_back(std::move(one.accounts));
    }
    out.platforms = std::move(images);
    return out;
}

/// `image` is canonical.
[[nodiscard]] inline policy::image_evidence users_of(
    std::string image,
    std::optional<policy::fact<policy::image_user_facts>> users
) {
    return {
        .image = std::move(image),
        .resolved = policy::digest::of("index"),
        .sources = {},
        .users = std::move(users),
        .stale = {}};
}

} // namespace gatehouse::testing_support
