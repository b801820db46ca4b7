// run-as-user: the user a container runs as, from the container's securityContext over the pod's.
//   MustRunAs         the effective runAsUser must be set and in a range
//   MayRunAs          where it is set, it must be in a range
//   MustRunAsNonRoot  denied if the effective runAsUser is 0, if the effective runAsNonRoot is
//   false, or
//                     if both are absent
// Where runAsUser is absent and `imageUser: Resolve` holds, the image's own user is judged in its place
// (MustRunAsNonRoot: where runAsNonRoot is absent, too), by MayRunAs as by MustRunAs.
// Windows has no uids: there MustRunAs and MustRunAsNonRoot refuse the user ContainerAdministrator.
#include "policy/pod/effective.h"
#include "policy/rules/open_user.h"
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

void judge_non_root(const run_as_section& run_as, const rule_subject& subject, findings& found) {
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
        } else if (!user.value && !non_root.value && !run_as.resolve_image_user) {
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

void judge_ranges(const run_as_section& run_as, const rule_subject& subject, findings& found) {
    const id_strategy& strategy = *run_as.run_as_user;
    for (const judged_container& c : subject.containers) {
        const auto user =
            effective(c.value->security.run_as_user, subject.value->security.run_as_user);
        if (user.value ? in_ranges(*user.value, strategy.ranges)
                       : strategy.rule == id_rule::may_run_as || run_as.resolve_image_user) {
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

/// What the image says, or why that is not known.
std::string image_text(const open_case& open) {
    const identity_id& user = open.who.user;
    if (!user.id) {
        return fmt::format(
            "the image's {} could not be resolved: {}",
            open.user ? "USER " + quoted(open.user->name, 64) : "user",
            user.text
        );
    }
    std::string out = user_clause(open);
    if (user.counts_as_zero) {
        out += ", whose uid in its /etc/passwd is no number and counts as 0";
    } else if (user.source == id_source::image_passwd && !(open.user->name == "root" && user.id == 0)) {
        out += fmt::format(", uid {} in its /etc/passwd", *user.id);
    }
    return out;
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
        judge_non_root(run_as, subject, found);
        return;
    }
    judge_ranges(run_as, subject, found);
}

std::optional<objection> judge_open_user(const open_case& open) {
    const id_strategy& strategy = *open.run_as.run_as_user;
    const identity_id& user = open.who.user;
    const bool by_ranges = strategy.rule != id_rule::must_run_as_non_root;
    if (user.id && (by_ranges ? in_ranges(*user.id, strategy.ranges) : *user.id != 0)) {
        return std::nullopt;
    }
    const bool is_root = !by_ranges || user.id == 0;
    const bool non_root_is_set =
        effective(open.c.security.run_as_non_root, open.subject.security.run_as_non_root)
            .value.has_value();
    const std::string ranges = ranges_text(strategy.ranges);
    objection out;
    out.what = fmt::format(
        "{}: {} and {}",
        is_root ? "must not run as root" : "must run as a user in " + ranges,
        is_root && !non_root_is_set ? "runAsNonRoot and runAsUser are not set"
                                    : "runAsUser is not set",
        image_text(open)
    );
    if (!by_ranges) {
        out.remedy = "set securityContext.runAsUser to a user other than 0, or USER to its number "
                     "in the Dockerfile";
    } else if (is_root) {
        out.remedy = fmt::format(
            "set securityContext.{}runAsUser in {}",
            non_root_is_set ? "" : "runAsNonRoot: true and ",
            ranges
        );
    } else {
        out.remedy = fmt::format(
            "set securityContext.runAsUser in {}, or USER to such a number in the Dockerfile",
            ranges
        );
    }
    out.failure = user.failure;
    return out;
}

} // namespace gatehouse::policy
