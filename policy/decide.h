#pragma once
// The front door of the core: a request and the policies in, a verdict out. Pure; safe to call from
// any thread, as everything it reads is immutable.

#include "policy/policy_set.h"
#include "policy/request.h"
#include "policy/verdict.h"

#include <chrono>
#include <vector>

namespace gatehouse::policy {

/// How workload templates are judged: as the webhook does (interface 2.5), or as the pods that they
/// will make (`gatehouse check`).
enum class template_judgement : std::uint8_t { as_admission, as_pods };

/// The policies that apply to one request, on one policy set; nothing is matched twice.
struct plan {
    std::vector<const policy_document*> policies;
    bool let_through =
        false; ///< a mirror pod by its node, or an update that changes nothing judged
};

/// Requires: scope_of(request.about) is not let_through, and request.object is set.
[[nodiscard]] plan make_plan(const request& subject, const policy_set& policies);

[[nodiscard]] verdict decide(
    const request& subject,
    const plan& with,
    std::chrono::sys_seconds now,
    template_judgement templates = template_judgement::as_admission
);

} // namespace gatehouse::policy
