#pragma once
// Whom a container really runs as: uid, primary group and supplementary groups, made of its pod's
// securityContext and its image as the kubelet and the container runtime make them, each with where it
// comes from; and whether it would start at all. Linux only. What a real node does is the judge of this:
// tests/cluster/image_user. Used by the rules over image users, and to show people. Pure.

#include "policy/evidence.h"
#include "policy/pod/pod.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// What /etc/passwd and /etc/group of one platform's image say (image_user_facts::accounts_of); nothing
/// where they were not read.
using known_accounts = std::optional<fact<std::shared_ptr<const accounts>>>;

enum class id_source : std::uint8_t {
    unknown,
    container,    ///< the container's securityContext
    pod,          ///< the pod's
    image_user,   ///< the number that is the image's USER; root where there is none
    image_passwd, ///< the entry of /etc/passwd
    image_group,  ///< /etc/group lists the user
    nobody,       ///< nobody names a group: 0
};

/// A uid or a primary gid, or why it is not known.
struct identity_id {
    std::optional<std::int64_t> id;
    id_source source = id_source::unknown;
    /// Behind the id, "from the pod's securityContext.runAsUser"; where there is none, what is in its
    /// way: "its /etc/passwd has no user app". Printable and bounded.
    std::string text;
    const fetch_failure* failure = nullptr; ///< that is in its way
    bool counts_as_zero = false;            ///< what /etc/passwd says is no number
};

struct supplementary_group {
    std::int64_t id = 0;
    id_source source = id_source::unknown;
    std::string
        name; ///< in the image's /etc/group, as it stands there, cut at 64 bytes; else empty
};

/// Why a container would not start, in the words of kubelet and runtime; what stands before them there
/// ("failed to create containerd container: ...") is left out, as is what varies.
struct start_refusal {
    std::string reason; ///< of the waiting state or event: "CreateContainerConfigError"
    std::string message;
    bool operator==(const start_refusal&) const = default;
};

struct identity {
    identity_id user;
    identity_id group;
    /// Ascending by id, each once, the primary group among them: as the kernel shows them. Without those
    /// of the image where groups_problem says why they are not known.
    std::vector<supplementary_group> groups;
    std::string groups_problem;
    const fetch_failure* groups_failure = nullptr;
    /// Nothing where it starts as far as is known.
    std::optional<start_refusal> refusal;
};

/// Points into `known`.
[[nodiscard]] identity identity_of(
    const pod& subject,
    const container& c,
    std::string_view user,
    const known_accounts& known
);

/// What the kubelet says to a container with runAsNonRoot before anything of its image is read; nothing
/// where it raises no objection. Requires: a pod of Linux.
[[nodiscard]] std::optional<start_refusal> non_root_refusal(
    const pod& subject,
    const container& c,
    std::string_view user
);

} // namespace gatehouse::policy
