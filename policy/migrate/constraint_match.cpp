#include "policy/migrate/constraint_match.h"

#include "policy/document/forms.h"

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::string_view webhook_point = "validation.gatekeeper.sh";

bool has(const std::vector<std::string>& in, std::string_view one) {
    return std::ranges::find(in, one) != in.end();
}

/// What the actions for the webhook come to; the strictest counts, as Gatekeeper does them all.
std::string scoped_action_of(const gatekeeper_constraint& from) {
    std::string out = "dryrun";
    for (const scoped_action& one : from.scoped_actions) {
        if (!has(one.points, webhook_point) && !has(one.points, "*")) {
            continue;
        }
        if (one.action == "deny" || (one.action == "warn" && out != "deny")) {
            out = one.action;
        }
    }
    return out;
}

/// Gatekeeper's wildcard is a `*` at the beginning, at the end, or both.
bool is_namespace_glob(std::string_view text) {
    if (text.empty() || text.find('?') != std::string_view::npos) {
        return false;
    }
    const std::string_view inner =
        text.size() > 2 ? text.substr(1, text.size() - 2) : std::string_view();
    return inner.find('*') == std::string_view::npos
           && form_problem(text_form::namespace_glob, text).empty();
}

std::vector<std::string> globs_of(
    const std::vector<std::string>& texts,
    std::string_view field,
    migration_notes& notes
) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!is_namespace_glob(texts[i])) {
            notes.warn_of(field, i, texts[i], "names no namespace; it is left out");
        } else if (!has(out, texts[i])) {
            out.push_back(texts[i]);
        }
    }
    return out;
}

/// Pods by what is selected; other kinds were never looked into.
bool selects_pods(const gatekeeper_constraint& from, migration_notes& notes) {
    if (!from.kinds) {
        return true;
    }
    bool pods = false;
    std::vector<std::string> others;
    for (const constraint_kinds& one : *from.kinds) {
        const bool core =
            one.api_groups.empty() || has(one.api_groups, "") || has(one.api_groups, "*");
        pods =
            pods || (core && (one.kinds.empty() || has(one.kinds, "Pod") || has(one.kinds, "*")));
        for (const std::string& kind : one.kinds) {
            if (kind != "Pod" && kind != "*" && !has(others, kind)) {
                others.push_back(printable(kind));
            }
        }
    }
    if (!others.empty()) {
        notes.warn(
            "spec.match.kinds",
            fmt::format(
                "{}: left out, Gatekeeper's rule looks into Pods only; workloads: Warn or Deny has "
                "the policy judge pod templates",
                joined(others, 8)
            )
        );
    }
    return pods;
}

} // namespace

actions actions_of(const gatekeeper_constraint& from, migration_notes& notes) {
    std::string action = from.enforcement_action;
    if (action == "scoped") {
        action = scoped_action_of(from);
        notes.warn(
            "spec.scopedEnforcementActions",
            fmt::format("only what holds for the webhook is carried over: {}", action)
        );
    }
    if (action == "deny" || action.empty()) {
        return {.deny = true, .warn = false, .audit = false};
    }
    if (action == "warn") {
        return {.deny = false, .warn = true, .audit = false};
    }
    if (action == "dryrun") {
        notes.warn(
            "spec.enforcementAction",
            "dryrun becomes Audit: findings are in the API server's audit log and in metrics, not "
            "in the status of the constraint"
        );
    } else {
        notes.fail(
            "spec.enforcementAction",
            fmt::format("{} is none of deny, warn, dryrun, scoped", policy::quoted(action))
        );
    }
    return {.deny = false, .warn = false, .audit = true};
}

std::optional<match_rules> match_of(const gatekeeper_constraint& from, migration_notes& notes) {
    match_rules out;
    const bool pods = selects_pods(from, notes);
    if (!pods || from.scope == "Cluster") {
        notes.warn(
            pods ? "spec.match.scope" : "spec.match.kinds",
            "selects no Pods: there is nothing to make a policy of"
        );
        return std::nullopt;
    }
    if (has(from.excluded_namespaces, "*")) {
        notes.warn(
            "spec.match.excludedNamespaces",
            "excludes every namespace: there is nothing to make a policy of"
        );
        return std::nullopt;
    }
    out.namespaces = globs_of(from.namespaces, "spec.match.namespaces", notes);
    out.exclude_namespaces =
        globs_of(from.excluded_namespaces, "spec.match.excludedNamespaces", notes);
    if (out.namespaces.empty() && !from.namespaces.empty()) {
        notes.warn(
            "spec.match.namespaces",
            "none of them is a namespace: there is nothing to make a policy of"
        );
        return std::nullopt;
    }
    return out;
}

void warn_of_unread(const gatekeeper_constraint& from, migration_notes& notes) {
    for (const std::string& field : from.unread) {
        if (field == "spec.match.labelSelector") {
            notes.warn(field, "is not carried over: the policy holds for pods of every label");
        } else if (field == "spec.match.namespaceSelector") {
            notes.warn(
                field,
                "is not carried over: the policy holds in namespaces of every label; name them in "
                "match.namespaces"
            );
        } else {
            notes.warn(field, "is not carried over");
        }
    }
}

} // namespace gatehouse::policy
