#pragma once
// Whom containers run as, as values that own their text: what `check --resolve` and `verify` show of
// policy/user/identity.h. Platforms of an image on which it is the same are told together. Pure.

#include "policy/image/aliases.h"
#include "policy/image_wants.h"
#include "policy/pod/pod.h"
#include "policy/pod/visit.h"
#include "policy/user/identity.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

struct shown_id {
    std::optional<std::int64_t> id;
    std::string source; ///< "from the image's USER \"1000\""; where there is no id, why
    bool operator==(const shown_id&) const = default;
};

struct shown_group {
    std::int64_t id = 0;
    std::string name; ///< in the image's /etc/group; empty where the pod gives it
    bool operator==(const shown_group&) const = default;
};

struct shown_identity {
    std::string_view noun; ///< a literal: "init container"; empty for an image without a pod
    std::string container;
    std::string image;                  ///< as it was asked for
    std::vector<std::string> platforms; ///< "linux/amd64"; none where `problem` is set
    shown_id user;
    shown_id group;
    std::vector<shown_group> groups; ///< all that are known, the primary one among them
    std::string groups_problem;      ///< why others may be missing
    std::string refusal;             ///< why it would not start: "CreateContainerConfigError: ..."
    std::string problem;             ///< why nothing is known
};

/// What has to be known for identities_of(): of Windows nothing, and nothing of images that are denied anyway.
void add_identity_wants(
    const policy::pod& subject,
    const policy::registry_aliases& aliases,
    const std::function<bool(const policy::element&)>& is_denied,
    policy::image_wants& to
);

/// Of every container whose image was asked for, in the order of the pod.
[[nodiscard]] std::vector<shown_identity> identities_of(
    const policy::pod& subject,
    const policy::registry_aliases& aliases,
    const policy::evidence& known
);

/// Of an image by itself, as a pod that says nothing would run it.
[[nodiscard]] std::vector<shown_identity> identities_of(
    const policy::reference& image,
    const policy::evidence& known
);
/// All of it, on that architecture; on each where it is empty.
[[nodiscard]] policy::user_want whole_identity(std::string_view architecture = {});

/// "runs as (linux/amd64): ": in front of line_of().
[[nodiscard]] std::string head_of(const shown_identity& one);
/// "uid 1001 from ..., gid 0 from ..., groups 0 and 50 (staff)": one printable line behind the platforms.
[[nodiscard]] std::string line_of(const shown_identity& one);

} // namespace gatehouse::server
