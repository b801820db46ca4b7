// fs-group: the group that owns the pod's volumes and that every container gets as a supplementary
// group.
//   MustRunAs  fsGroup must be set and in a range
//   MayRunAs   where it is set, it must be in a range
// A pod-level field: one finding a pod. Windows has no gids.
#include "policy/rules/ranges.h"
#include "policy/rules/rules.h"

#include <fmt/format.h>

namespace gatehouse::policy {

void judge_fs_group(const run_as_section& run_as, const rule_subject& subject, findings& found) {
    if (!run_as.fs_group || run_as.fs_group->rule == id_rule::run_as_any || !subject.pod_changed
        || subject.value->is_windows()) {
        return;
    }
    const id_strategy& strategy = *run_as.fs_group;
    const auto& group = subject.value->security.fs_group;
    if (group ? in_ranges(*group, strategy.ranges) : strategy.rule == id_rule::may_run_as) {
        return;
    }
    const std::string ranges = ranges_text(strategy.ranges);
    found.push_back({
        .rule = rule_id::fs_group,
        .reason = group ? cause_reason::invalid : cause_reason::required,
        .where = {},
        .field = "spec.securityContext.fsGroup",
        .text = fmt::format(
            "must have an fsGroup in {}: it is {}; set the pod's securityContext.fsGroup in {}",
            ranges,
            group ? fmt::format("{}", *group) : "not set",
            ranges
        ),
    });
}

} // namespace gatehouse::policy
