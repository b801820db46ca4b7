// run-as-group: the primary group of a container, from its securityContext over the pod's.
//   MustRunAs  the effective runAsGroup must be set and in a range
//   MayRunAs   where it is set, it must be in a range
// Without runAsGroup a process normally runs with group 0, which MayRunAs lets pass: say MustRunAs
// to demand one. Where runAsUser is absent as well and `imageUser: Resolve` holds, the group that the
// image's user gets is judged in its place, by both rules. Windows has no gids.
#include "policy/pod/effective.h"
#include "policy/rules/open_user.h"
#include "policy/rules/ranges.h"
#include "policy/rules/rules.h"
#include "policy/text.h"

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
                        : strategy.rule == id_rule::may_run_as
                              || open_rules_of(run_as, *subject.value, *c.value).run_as_group) {
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

std::optional<objection> judge_open_group(const open_case& open) {
    const identity_id& group = open.who.group;
    const id_strategy& strategy = *open.run_as.run_as_group;
    if (group.id && in_ranges(*group.id, strategy.ranges)) {
        return std::nullopt;
    }
    std::string is;
    if (!group.id) {
        is = "the group of the image's user could not be resolved: " + group.text;
    } else if (group.source == id_source::nobody) {
        is = fmt::format(
            "the image's user {} has no entry in its /etc/passwd, which makes it 0", user_word(open)
        );
    } else {
        is = fmt::format(
            "the image's user {} has {} in its /etc/passwd",
            user_word(open),
            group.counts_as_zero ? "a group that is no number and counts as 0"
                                 : fmt::format("group {}", *group.id)
        );
    }
    if (group.id && open.user->has_group) {
        is += fmt::format(" (the group in USER {} is not used)", quoted(open.user_text, 64));
    }
    const std::string ranges = ranges_text(strategy.ranges);
    return objection{
        fmt::format("must run with a group in {}: runAsGroup is not set and {}", ranges, is),
        fmt::format("set the container's securityContext.runAsGroup in {}", ranges),
        group.failure};
}

} // namespace gatehouse::policy
