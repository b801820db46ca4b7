// procMount, baseline: /proc keeps the masks of the runtime.
//
// Judged:   securityContext.procMount of every container
// Allowed:  absent or Default
// Versions: v1.0; from v1.35 also anything in a pod with hostUsers: false, whose root is nobody on
// the
//           node; from then on procMount_restricted takes its place in the restricted level

#include "policy/checks/checks.h"
#include "policy/checks/proc_mount_type.h"

#include <array>

namespace gatehouse::policy {
namespace {

void since_1_0(const pod& subject, finding_collector& found) {
    forbid_unmasked_proc(subject, "remove it or set it to Default", found);
}

void since_1_35(const pod& subject, finding_collector& found) {
    if (subject.host_users.value_or(true)) {
        forbid_unmasked_proc(
            subject, "remove it, set it to Default, or set hostUsers: false in the pod", found
        );
    }
}

constexpr std::array versions = {
    check_version{0, since_1_0, {}},
    check_version{35, since_1_35, {}}};

} // namespace

constinit const check proc_mount_check{rule_id::proc_mount, security_level::baseline, versions};

} // namespace gatehouse::policy
