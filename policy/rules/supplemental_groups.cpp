// supplemental-groups: the further groups that every process of the pod gets.
//   MustRunAs  the list must not be empty, and every group must be in a range
//   MayRunAs   every group must be in a range
// A pod-level field: one finding a pod. Windows has no gids.
#include "policy/rules/ranges.h"
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

/// "7", "7 and 9", "7, 9, 11 and 2 more"
std::string outside_text(const list<std::int64_t>& groups, std::span<const id_range> ranges) {
    constexpr std::size_t most = 3;
    std::vector<std::string> outside;
    for (const std::int64_t group : groups) {
        if (!in_ranges(group, ranges)) {
            outside.push_back(fmt::format("{}", group));
        }
    }
    if (outside.size() == 2) {
        return outside[0] + " and " + outside[1];
    }
    return joined(outside, most);
}

} // namespace

void judge_supplemental_groups(
    const run_as_section& run_as,
    const rule_subject& subject,
    findings& found
) {
    if (!run_as.supplemental_groups || run_as.supplemental_groups->rule == id_rule::run_as_any
        || !subject.pod_changed || subject.value->is_windows()) {
        return;
    }
    const id_strategy& strategy = *run_as.supplemental_groups;
    const auto& groups = subject.value->security.supplemental_groups;
    const bool missing = groups.empty() && strategy.rule == id_rule::must_run_as;
    const std::string outside = outside_text(groups, strategy.ranges);
    if (!missing && outside.empty()) {
        return;
    }
    const std::string ranges = ranges_text(strategy.ranges);
    found.push_back({
        .rule = rule_id::supplemental_groups,
        .reason = missing ? cause_reason::required : cause_reason::invalid,
        .where = {},
        .field = "spec.securityContext.supplementalGroups",
        .text = missing ? fmt::format(
                    "must have supplementalGroups in {}: none are set; set the pod's "
                    "securityContext.supplementalGroups in {}",
                    ranges,
                    ranges
                )
                        : fmt::format(
                            "must have supplementalGroups in {} only: {} {} outside; set the pod's "
                            "securityContext.supplementalGroups in {}",
                            ranges,
                            outside,
                            outside.find(' ') == std::string::npos ? "is" : "are",
                            ranges
                        ),
    });
}

} // namespace gatehouse::policy
