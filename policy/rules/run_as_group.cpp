// run-as-group: the primary group of a container, from its securityContext over the pod's.
//   MustRunAs  the effective runAsGroup must be set and in a range
//   MayRunAs   where it is set, it must be in a range
// Without runAsGroup a process normally runs with group 0, which MayRunAs lets pass: say MustRunAs
// to demand one. Windows has no gids.
#include "policy/pod/effective.h"
#include "policy/rules/ranges.h"
#include "policy/rules/rules.h"

#include <fmt/format.h>

namespace gatehouse::policy {

void judge_run_as_group(
    const run_as_section& run_as,
    const rule_subject& subject,
    findings& found
) {
    if (!run_as.run_as_group || run_as.run_as_group->rule == id_rule::run_as_any
        || subject.value->is_windows()) {
        return;
    }
    const id_strategy& strategy = *run_as.run_as_group;
    for (const judged_container& c : subject.containers) {
        const auto group =
            effective(c.value->security.run_as_group, subject.value->security.run_as_group);
        if (group.value ? in_ranges(*group.value, strategy.ranges)
                        : strategy.rule == id_rule::may_run_as) {
            continue;
        }
        const bool by_pod = group.set_by == set_by::pod;
        const std::string ranges = ranges_text(strategy.ranges);
        const std::string is = group.value
                                   ? fmt::format("{}{}", *group.value, by_pod ? " for the pod" : "")
                                   : "not set";
        found.push_back({
            .rule = rule_id::run_as_group,
            .reason = group.value ? cause_reason::invalid : cause_reason::required,
            .where = c.where,
            .field = by_pod ? "spec.securityContext.runAsGroup"
                            : fmt::format("spec.{}.securityContext.runAsGroup", path_of(c.where)),
            .text = fmt::format(
                "must run with a group in {}: runAsGroup is {}; set securityContext.runAsGroup in "
                "{}",
                ranges,
                is,
                ranges
            ),
        });
    }
}

} // namespace gatehouse::policy
