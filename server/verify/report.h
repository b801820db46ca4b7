#pragma once
// What `gatehouse verify` found out about one image, and how it ends: exit statuses as cosign's, and the one
// line that says why an image was not verified. Plain values that point into evidence and policies.

#include "policy/image_requirements.h"
#include "server/identities.h"

#include <string>
#include <vector>

namespace gatehouse::server {

enum class verify_status : int {
    verified = 0,
    other = 1, ///< could not be checked, or not even asked for
    no_signature = 10,
    no_such_tag = 11,
    no_matching_signature = 12,
};

struct image_report {
    std::string image;                      ///< canonical
    const policy::digest* digest = nullptr; ///< null where it was not looked up or could not be had
    std::vector<policy::requirement_answer> answers;
    /// Where verified: as a pod that says nothing would run it.
    std::vector<shown_identity> identities;
};

/// Verified is only what an entry selects and all requirements are satisfied by; otherwise the status of the
/// first that is not.
[[nodiscard]] verify_status status_of(const image_report& report);

/// `production/release`, or `production/unsignedImages`.
[[nodiscard]] std::string name_of(const policy::requirement_answer& one);

/// What is wrong and what to do about it: one line about the image. Requires: it is not satisfied.
[[nodiscard]] std::string problem_of(const policy::requirement_answer& one);

/// "no signatures found: ": what tells apart the statuses, in front of the problem; empty for the others.
[[nodiscard]] std::string_view head_of(verify_status status);

} // namespace gatehouse::server
