// runAsNonRoot, restricted: the kubelet is told to refuse containers that would run as root.
//
// Judged:   securityContext.runAsNonRoot of the pod and of every container
// Allowed:  true at every container, its own or else the pod's; and false nowhere, not even at a
// pod
//           whose containers all say true
// Versions: v1.0; from v1.35 pods with hostUsers: false pass, as their root is nobody on the node
//
// Where somebody set false, those who did are named; those who are merely without a value are named
// only where nobody did.

#include "policy/checks/checks.h"

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::string_view field = "securityContext.runAsNonRoot";

bool forbid_setters(const pod& subject, finding_collector& found) {
    bool any = false;
    for_each_security_context(subject, [&](const element& where, const security_context& context) {
        if (!context.run_as_non_root.value_or(true)) {
            any = true;
            found.forbid(
                where, field, "must not set securityContext.runAsNonRoot: false; set it to true"
            );
        }
    });
    return any;
}

void since_1_0(const pod& subject, finding_collector& found) {
    if (forbid_setters(subject, found) || subject.security.run_as_non_root) {
        return;
    }
    for_each_container(subject, [&](const element& where, const container& c) {
        if (!c.security.run_as_non_root) {
            found.require(
                where, field, "must set securityContext.runAsNonRoot: true, here or in the pod"
            );
        }
    });
}

void since_1_35(const pod& subject, finding_collector& found) {
    if (subject.host_users.value_or(true)) {
        since_1_0(subject, found);
    }
}

constexpr std::array versions = {
    check_version{0, since_1_0, {}},
    check_version{35, since_1_35, {}}};

} // namespace

constinit const check run_as_non_root_check{
    rule_id::run_as_non_root,
    security_level::restricted,
    versions};

} // namespace gatehouse::policy
