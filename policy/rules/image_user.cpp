// image-user: where runAsNonRoot is true and runAsUser is not set, the kubelet looks at the image's USER
// and refuses to start what is root, what may be root (a name: it does not read /etc/passwd) and what is
// no user at all. With `imageUser: Resolve` the pod's author hears that now, in the kubelet's words.
// USER alone is needed; a uid that happens to be known is proposed.
// On Windows the image's user must not be ContainerAdministrator, unless runAsUserName is set.
#include "policy/pod/effective.h"
#include "policy/rules/open_user.h"
#include "policy/rules/ranges.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

constexpr std::size_t longest_name = 64;

bool has_ranges(const run_as_section& run_as) {
    return run_as.run_as_user && !run_as.run_as_user->ranges.empty();
}

bool is_allowed(std::int64_t uid, const run_as_section& run_as) {
    return uid != 0 && (!has_ranges(run_as) || in_ranges(uid, run_as.run_as_user->ranges));
}

std::string any_user(const run_as_section& run_as) {
    return has_ranges(run_as)
               ? fmt::format(
                   "set securityContext.runAsUser in {0}, or USER to such a number in the "
                   "Dockerfile",
                   ranges_text(run_as.run_as_user->ranges)
               )
               : "set securityContext.runAsUser to a user other than 0, or USER to its number in "
                 "the Dockerfile";
}

std::string remedy_for(const open_case& open) {
    if (open.user->kind != image_user_kind::name || open.user->name == "root") {
        return any_user(open.run_as);
    }
    const std::string name = quoted(open.user->name, longest_name);
    const std::optional<std::int64_t>& uid = open.who.user.id;
    if (uid && is_allowed(*uid, open.run_as)) {
        return fmt::format(
            "set securityContext.runAsUser: {0} (that is {1} in the image's /etc/passwd), or USER "
            "{0} in the Dockerfile",
            *uid,
            name
        );
    }
    if (uid || has_ranges(open.run_as)) {
        return any_user(open.run_as);
    }
    return fmt::format(
        "set securityContext.runAsUser to the uid of {}, or USER to that number in the Dockerfile",
        name
    );
}

objection unresolved(const open_case& open) {
    const bool windows = open.subject.is_windows();
    return {
        fmt::format(
            "must not run as {}: runAsNonRoot is true, {} is not set and the image's user could "
            "not "
            "be resolved: {}",
            windows ? "an administrator" : "root",
            windows ? "windowsOptions.runAsUserName" : "runAsUser",
            open.who.user.text
        ),
        windows ? "set securityContext.windowsOptions.runAsUserName: ContainerUser"
                : any_user(open.run_as),
        open.who.user.failure};
}

objection not_started(std::string_view message, std::string remedy) {
    return {fmt::format("would not be started by the kubelet: {}", message), std::move(remedy)};
}

} // namespace

std::optional<objection> judge_image_user(const open_case& open) {
    if (!open.user) {
        return unresolved(open);
    }
    if (!open.subject.is_windows()) {
        const auto refusal = non_root_refusal(open.subject, open.c, open.user_text);
        return refusal ? std::optional(not_started(refusal->message, remedy_for(open)))
                       : std::nullopt;
    }
    if (lower(open.user->name) != "containeradministrator") {
        return std::nullopt;
    }
    return not_started(
        fmt::format(
            "container's runAsUser ({}) which will be regarded as root identity and will break "
            "non-root policy",
            open.user->name
        ),
        "set securityContext.windowsOptions.runAsUserName: ContainerUser"
    );
}

} // namespace gatehouse::policy
