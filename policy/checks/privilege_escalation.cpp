// allowPrivilegeEscalation, restricted: no process gains more rights than its parent had.
//
// Judged:   securityContext.allowPrivilegeEscalation of every container; the pod has no such field
// Allowed:  false; absence is not enough
// Versions: v1.8; from v1.25 pods with os.name windows pass

#include "policy/checks/checks.h"

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::string_view field = "securityContext.allowPrivilegeEscalation";

void since_1_8(const pod& subject, finding_collector& found) {
    for_each_container(subject, [&](const element& where, const container& c) {
        const auto allowed = c.security.allow_privilege_escalation;
        if (!allowed) {
            found.require(where, field, "must set securityContext.allowPrivilegeEscalation: false");
        } else if (*allowed) {
            found.forbid(
                where,
                field,
                "must set securityContext.allowPrivilegeEscalation: false (found: true)"
            );
        }
    });
}

void since_1_25(const pod& subject, finding_collector& found) {
    if (!subject.is_windows()) {
        since_1_8(subject, found);
    }
}

constexpr std::array versions = {
    check_version{8, since_1_8, {}},
    check_version{25, since_1_25, {}}};

} // namespace

constinit const check allow_privilege_escalation_check{
    rule_id::allow_privilege_escalation,
    security_level::restricted,
    versions};

} // namespace gatehouse::policy
