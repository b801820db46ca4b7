#pragma once
// What our own rules (as opposed to the Pod Security Standards) look at: the parts of a pod that
// are new or changed (interface 2.5), each looked at once and shared by every policy.

#include "policy/finding.h"
#include "policy/image/aliases.h"
#include "policy/image/reference.h"
#include "policy/pod/pod.h"
#include "policy/pod/visit.h"
#include "policy/request.h"
#include "policy/result.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

struct judged_container {
    element where;
    const container* value = nullptr;
};

struct judged_image {
    element where;
    std::string_view text; ///< as written
    /// The reference, folded by aliases, or why it is none.
    result<reference> parsed;
};

struct rule_subject {
    const pod* value = nullptr;
    std::string_view namespace_name; ///< of the request
    const registry_aliases* aliases = nullptr;
    bool pod_changed = true; ///< the pod's own fields are to be judged
    std::vector<judged_container> containers;
    /// Of the containers, in their order, then of volumes; none where no policy at hand looks at them.
    std::vector<judged_image> images;
};

/// What the policies at hand look at: reading references is dear.
enum class judged_parts : std::uint8_t { containers, containers_and_images };

/// Of the request's pod; where that has an old one, only what differs from it. What is returned
/// refers to the request's pod and to `aliases`.
[[nodiscard]] rule_subject make_rule_subject(
    const request& about,
    judged_parts parts,
    const registry_aliases& aliases
);

/// The reference that `text` is, folded; or why it is none.
[[nodiscard]] result<reference> read_image(std::string_view text, const registry_aliases& aliases);

/// "spec.containers[0].image", "spec.volumes[1].image.reference".
[[nodiscard]] std::string image_field(const element& where);

} // namespace gatehouse::policy
