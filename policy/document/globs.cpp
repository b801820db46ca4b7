// Globs that can match nothing, and exclusions that would let through what nobody meant to.
#include "policy/document/forms.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::string_view wildcards = "*?";

/// The accounts by which Kubernetes itself makes pods and the workloads between them and what users
/// write. The last one stands for all where the controllers have no accounts of their own
/// (--use-service-account-credentials=false).
constexpr std::array<std::string_view, 8> controllers = {
    "system:serviceaccount:kube-system:replicaset-controller",
    "system:serviceaccount:kube-system:deployment-controller",
    "system:serviceaccount:kube-system:daemon-set-controller",
    "system:serviceaccount:kube-system:statefulset-controller",
    "system:serviceaccount:kube-system:job-controller",
    "system:serviceaccount:kube-system:cronjob-controller",
    "system:serviceaccount:kube-system:replication-controller",
    "system:kube-controller-manager",
};

/// Their groups; the narrowest first, as it tells most.
constexpr std::array<std::string_view, 3> controller_groups = {
    "system:serviceaccounts:kube-system",
    "system:serviceaccounts",
    "system:authenticated",
};

bool has_only(std::string_view glob, std::string_view characters) {
    return glob.find_first_not_of(characters) == std::string_view::npos;
}

std::size_t without_stars(std::string_view glob) {
    return glob.size() - static_cast<std::size_t>(std::ranges::count(glob, '*'));
}

std::string nothing(std::string_view glob, std::string_view names) {
    return fmt::format("{} can match nothing: {}", quoted(glob), names);
}

std::string namespace_problem(std::string_view glob) {
    const bool possible = has_only(glob, "abcdefghijklmnopqrstuvwxyz0123456789-*?")
                          && glob.front() != '-' && glob.back() != '-' && without_stars(glob) <= 63;
    return possible
               ? std::string()
               : nothing(
                   glob,
                   "namespaces are at most 63 lower-case letters and digits, with \"-\" between"
               );
}

std::string account_problem(std::string_view glob) {
    const bool has_separator = glob.find_first_of("/*?") != std::string_view::npos;
    if (!has_separator) {
        return fmt::format(
            "{} can match nothing: write namespace/name, \"*/{}\" for any namespace",
            quoted(glob),
            printable(glob)
        );
    }
    const bool possible = has_only(glob, "abcdefghijklmnopqrstuvwxyz0123456789-./*?")
                          && std::ranges::count(glob, '/') <= 1
                          && without_stars(glob) <= 63 + 1 + 253 && glob.front() != '/'
                          && glob.back() != '/';
    return possible
               ? std::string()
               : nothing(
                   glob,
                   "accounts are namespace/name, both of lower-case letters and digits with \"-\" "
                   "between"
               );
}

std::string tag_problem(std::string_view glob) {
    const bool possible =
        has_only(glob, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-*?")
        && glob.front() != '.' && glob.front() != '-' && without_stars(glob) <= 128;
    return possible
               ? std::string()
               : nothing(
                   glob,
                   "tags are at most 128 letters, digits, \"_\", \".\" and \"-\", beginning with "
                   "none of the last two"
               );
}

std::string excluded_namespace_problem(std::string_view glob) {
    return has_only(glob, wildcards) ? fmt::format(
               "{} excludes every namespace; leave the policy out instead", quoted(glob)
           )
                                     : namespace_problem(glob);
}

std::string excluded_user_problem(std::string_view glob) {
    if (has_only(glob, wildcards)) {
        return fmt::format("{} excludes every user; leave the policy out instead", quoted(glob));
    }
    for (const std::string_view account : controllers) {
        if (matches_glob(glob, account)) {
            return fmt::format(
                "{} excludes {}, by which Kubernetes itself creates what users ask for: all of "
                "that "
                "would go unjudged",
                quoted(glob),
                account
            );
        }
    }
    return {};
}

std::string excluded_group_problem(std::string_view glob) {
    if (has_only(glob, wildcards)) {
        return fmt::format("{} excludes every group; leave the policy out instead", quoted(glob));
    }
    for (const std::string_view group : controller_groups) {
        if (matches_glob(glob, group)) {
            return fmt::format(
                "{} excludes the group {}, and with it the accounts by which Kubernetes itself "
                "creates "
                "what users ask for: all of that would go unjudged",
                quoted(glob),
                group
            );
        }
    }
    return {};
}

} // namespace

std::string glob_problem(text_form form, std::string_view glob) {
    switch (form) {
    case text_form::namespace_glob:
        return namespace_problem(glob);
    case text_form::excluded_namespace_glob:
        return excluded_namespace_problem(glob);
    case text_form::account_glob:
        return account_problem(glob);
    case text_form::excluded_user_glob:
        return excluded_user_problem(glob);
    case text_form::excluded_group_glob:
        return excluded_group_problem(glob);
    case text_form::tag_glob:
        return tag_problem(glob);
    case text_form::any:
    case text_form::policy_name:
    case text_form::item_name:
    case text_form::reason:
    case text_form::last_day:
    case text_form::pod_security_version:
    case text_form::image_pattern:
    case text_form::absolute_path:
    case text_form::repository_name:
    case text_form::registry_host:
    case text_form::mirror_url:
    case text_form::proxy_url:
    case text_form::no_proxy_entry:
        break;
    }
    return "this form is no glob";
}

} // namespace gatehouse::policy
