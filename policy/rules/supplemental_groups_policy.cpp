// supplemental-groups-policy: unless the pod says Strict, the container's own /etc/group can put
// its process into any group, whatever the ranges of the other rules say. A pod-level field: one
// finding a pod. Windows has no gids.
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {

void judge_supplemental_groups_policy(
    const run_as_section& run_as,
    const rule_subject& subject,
    findings& found
) {
    if (!run_as.demand_strict_supplemental_groups || !subject.pod_changed
        || subject.value->is_windows()) {
        return;
    }
    const auto& value = subject.value->security.supplemental_groups_policy;
    if (value == "Strict") {
        return;
    }
    found.push_back({
        .rule = rule_id::supplemental_groups_policy,
        .reason = value ? cause_reason::invalid : cause_reason::required,
        .where = {},
        .field = "spec.securityContext.supplementalGroupsPolicy",
        .text = fmt::format(
            "must not take groups from its images: supplementalGroupsPolicy is {}; set the pod's "
            "securityContext.supplementalGroupsPolicy: Strict",
            value ? plain_or_quoted(*value) : "not set"
        ),
    });
}

} // namespace gatehouse::policy
