// supplemental-groups: the further groups that every process of the pod gets.
//   MustRunAs  the list must not be empty, and every group must be in a range
//   MayRunAs   every group must be in a range
// A pod-level field: one finding a pod. Where a container leaves its user open, the pod does not say
// Strict and `imageUser: Resolve` holds, the groups that the image's /etc/group adds must be in a range,
// too: one finding a container. Windows has no gids.
#include "policy/rules/open_user.h"
#include "policy/rules/ranges.h"
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

/// "7", "7 and 9", "7, 9, 11 and 2 more"
std::string listed(std::span<const std::string> groups) {
    constexpr std::size_t most = 3;
    return groups.size() == 2 ? groups[0] + " and " + groups[1] : joined(groups, most);
}

std::string outside_text(const list<std::int64_t>& groups, std::span<const id_range> ranges) {
    std::vector<std::string> outside;
    for (const std::int64_t group : groups) {
        if (!in_ranges(group, ranges)) {
            outside.push_back(fmt::format("{}", group));
        }
    }
    return listed(outside);
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

std::optional<objection> judge_open_groups(const open_case& open) {
    const id_strategy& strategy = *open.run_as.supplemental_groups;
    std::vector<std::string> outside;
    for (const supplementary_group& one : open.who.groups) {
        if (one.source != id_source::image_group || in_ranges(one.id, strategy.ranges)) {
            continue;
        }
        outside.push_back(
            one.name.empty() ? fmt::format("{}", one.id)
                             : fmt::format("{} ({})", one.id, plain_or_quoted(one.name, 32))
        );
    }
    const std::string ranges = ranges_text(strategy.ranges);
    constexpr std::string_view remedy =
        "set the pod's securityContext.supplementalGroupsPolicy: Strict";
    if (!outside.empty()) {
        return objection{
            fmt::format(
                "must have supplementalGroups in {} only: the image's /etc/group adds its user {} "
                "to "
                "{}",
                ranges,
                user_word(open),
                listed(outside)
            ),
            std::string(remedy)};
    }
    if (open.who.groups_problem.empty()) {
        return std::nullopt;
    }
    return objection{
        fmt::format(
            "must have supplementalGroups in {} only: those that the image's /etc/group adds could "
            "not be resolved: {}",
            ranges,
            open.who.groups_problem
        ),
        std::string(remedy),
        open.who.groups_failure};
}

} // namespace gatehouse::policy
