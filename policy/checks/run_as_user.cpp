// runAsUser, restricted: nobody asks for user 0.
//
// Judged:   securityContext.runAsUser of the pod and of every container
// Allowed:  absent or not 0, at each of them; a pod's 0 that every container replaces is still one
// Versions: v1.23; from v1.35 pods with hostUsers: false pass, as their root is nobody on the node
//
// Who runs in the end is not judged here: that is the affair of run-as-user and its ranges.

#include "policy/checks/checks.h"

#include <array>

namespace gatehouse::policy {
namespace {

void since_1_23(const pod& subject, finding_collector& found) {
    for_each_security_context(subject, [&](const element& where, const security_context& context) {
        if (context.run_as_user == 0) {
            found.forbid(
                where,
                "securityContext.runAsUser",
                "must not set securityContext.runAsUser: 0; remove it or set the id of another user"
            );
        }
    });
}

void since_1_35(const pod& subject, finding_collector& found) {
    if (subject.host_users.value_or(true)) {
        since_1_23(subject, found);
    }
}

constexpr std::array versions = {
    check_version{23, since_1_23, {}},
    check_version{35, since_1_35, {}},
};

} // namespace

constinit const check run_as_user_restricted_check{
    rule_id::run_as_user_restricted,
    security_level::restricted,
    versions};

} // namespace gatehouse::policy
