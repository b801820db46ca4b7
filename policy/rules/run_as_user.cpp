// run-as-user: the user a container runs as, from the container's securityContext over the pod's.
//   MustRunAs         the effective runAsUser must be set and in a range
//   MayRunAs          where it is set, it must be in a range
//   MustRunAsNonRoot  denied if the effective runAsUser is 0, if the effective runAsNonRoot is
//   false, or
//                     if both are absent
// Windows has no uids: there MustRunAs and MustRunAsNonRoot refuse the user ContainerAdministrator.
#include "policy/pod/effective.h"
#include "policy/rules/ranges.h"
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

std::string field_of(const element& where, set_by by, std::string_view name) {
    if (by == set_by::pod) {
        return fmt::format("spec.securityContext.{}", name);
    }
    return fmt::format("spec.{}.securityContext.{}", path_of(where), name);
}

std::string_view origin_of(set_by by) { return by == set_by::pod ? " for the pod" : ""; }

void judge_windows(const id_strategy& strategy, const rule_subject& subject, findings& found) {
    if (strategy.rule != id_rule::must_run_as && strategy.rule != id_rule::must_run_as_non_root) {
        return;
    }
    for (const judged_container& c : subject.containers) {
        const auto name = effective_run_as_user_name(*subject.value, *c.value);
        if (!name.value || lower(*name.value) != "containeradministrator") {
            continue;
        }
        found.push_back({
            .rule = rule_id::run_as_user,
            .reason = cause_reason::forbidden,
            .where = c.where,
            .field = field_of(c.where, name.set_by, "windowsOptions.runAsUserName"),
            .text = fmt::format(
                "must not run as an administrator: windowsOptions.runAsUserName is {}{}; set "
                "securityContext.windowsOptions.runAsUserName: ContainerUser",
                plain_or_quoted(*name.value),
                origin_of(name.set_by)
            ),
        });
    }
}

void judge_non_root(const rule_subject& subject, findings& found) {
    for (const judged_container& c : subject.containers) {
        const auto& own = c.value->security;
        const auto& of_pod = subject.value->security;
        const auto user = effective(own.run_as_user, of_pod.run_as_user);
        const auto non_root = effective(own.run_as_non_root, of_pod.run_as_non_root);
        finding out{.rule = rule_id::run_as_user, .where = c.where, .field = {}, .text = {}};
        if (user.value == 0) {
            out.field = field_of(c.where, user.set_by, "runAsUser");
            out.text = fmt::format(
                "must not run as root: runAsUser is 0{}; set securityContext.runAsUser to a user "
                "other than 0",
                origin_of(user.set_by)
            );
        } else if (non_root.value == false) {
            out.field = field_of(c.where, non_root.set_by, "runAsNonRoot");
            out.text = fmt::format(
                "must not run as root: runAsNonRoot is false{}; set securityContext.runAsNonRoot: "
                "true",
                origin_of(non_root.set_by)
            );
        } else if (!user.value && !non_root.value) {
            out.reason = cause_reason::required;
            out.field = field_of(c.where, set_by::container, "runAsNonRoot");
            out.text = "must not run as root: runAsNonRoot and runAsUser are not set; set "
                       "securityContext.runAsNonRoot: true";
        } else {
            continue;
        }
        found.push_back(std::move(out));
    }
}

void judge_ranges(const id_strategy& strategy, const rule_subject& subject, findings& found) {
    for (const judged_container& c : subject.containers) {
        const auto user =
            effective(c.value->security.run_as_user, subject.value->security.run_as_user);
        if (user.value ? in_ranges(*user.value, strategy.ranges)
                       : strategy.rule == id_rule::may_run_as) {
            continue;
        }
        const std::string ranges = ranges_text(strategy.ranges);
        const std::string is =
            user.value ? fmt::format("{}{}", *user.value, origin_of(user.set_by)) : "not set";
        found.push_back({
            .rule = rule_id::run_as_user,
            .reason = user.value ? cause_reason::invalid : cause_reason::required,
            .where = c.where,
            .field = field_of(c.where, user.set_by, "runAsUser"),
            .text = fmt::format(
                "must run as a user in {}: runAsUser is {}; set securityContext.runAsUser in {}",
                ranges,
                is,
                ranges
            ),
        });
    }
}

} // namespace

void judge_run_as_user(const run_as_section& run_as, const rule_subject& subject, findings& found) {
    if (!run_as.run_as_user || run_as.run_as_user->rule == id_rule::run_as_any) {
        return;
    }
    const id_strategy& strategy = *run_as.run_as_user;
    if (subject.value->is_windows()) {
        judge_windows(strategy, subject, found);
        return;
    }
    if (run_as.relax_user_namespaces && subject.value->host_users == false) {
        return;
    }
    if (strategy.rule == id_rule::must_run_as_non_root) {
        judge_non_root(subject, found);
        return;
    }
    judge_ranges(strategy, subject, found);
}

} // namespace gatehouse::policy
