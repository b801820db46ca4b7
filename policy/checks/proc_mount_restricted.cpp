// procMount_restricted, restricted: /proc keeps the masks of the runtime, user namespace or not.
//
// Judged:   securityContext.procMount of every container
// Allowed:  absent or Default, whatever hostUsers says
// Versions: v1.35, where procMount, whose place it takes, became laxer

#include "policy/checks/checks.h"
#include "policy/checks/proc_mount_type.h"

#include <array>

namespace gatehouse::policy {
namespace {

void since_1_35(const pod& subject, finding_collector& found) {
    forbid_unmasked_proc(subject, "remove it or set it to Default", found);
}

constexpr std::array versions = {check_version{35, since_1_35, rule_id::proc_mount}};

} // namespace

constinit const check proc_mount_restricted_check{
    rule_id::proc_mount_restricted,
    security_level::restricted,
    versions};

} // namespace gatehouse::policy
