#pragma once
// The front door of the core: a request and the policies in, a verdict out, in two steps. make_plan()
// judges whatever needs no network and says which facts the rest needs; somebody gets them; decide()
// ends it. Pure; safe to call from any thread, as everything it reads is immutable.

#include "policy/evidence.h"
#include "policy/judgement.h"
#include "policy/policy_set.h"
#include "policy/request.h"
#include "policy/verdict.h"

#include <chrono>
#include <optional>
#include <vector>

namespace gatehouse::policy {

/// A request judged as far as possible without a network, on one policy set; nothing is matched or
/// judged twice. The request and the policy set must outlive it.
struct plan {
    std::vector<const policy_document*>
        policies; ///< that match, without those that ignore templates
    bool let_through =
        false; ///< a mirror pod by its node, or an update that changes nothing judged
    std::vector<image_want> wants;  ///< distinct by image; empty: decide() needs no evidence
    std::optional<judgement> begun; ///< nothing where nothing is to be judged
};

/// `now` counts for the whole judgement. Requires: scope_of(subject.about) is not let_through, and
/// subject.object is set.
[[nodiscard]] plan make_plan(
    const request& subject,
    const policy_set& policies,
    std::chrono::sys_seconds now,
    template_judgement templates = template_judgement::as_admission
);

/// What is wanted and not in `known` could not be had, which is no allow.
[[nodiscard]] verdict decide(plan with, const evidence& known = {});

/// For `gatehouse check` without a registry: what would need evidence is not judged, and named in
/// verdict::not_checked.
[[nodiscard]] verdict decide_offline(plan with);

} // namespace gatehouse::policy
