// seccompProfile_restricted, restricted: every container has a filter on system calls.
//
// Judged:   securityContext.seccompProfile.type of the pod and of every container
// Allowed:  RuntimeDefault or Localhost, the container's own or else the pod's; and no other value
//           anywhere, not even at a pod whose containers all have a good one of their own
// Versions: v1.19; from v1.25 pods with os.name windows pass
//
// Takes the place of seccompProfile_baseline. Where somebody set a bad value, those who did are
// named; those who are merely without a profile are named only where nobody did: the setter is the
// one to begin with, and a good value at the pod may be all that is missing.

#include "policy/checks/checks.h"
#include "policy/checks/profile_type.h"

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::string_view field = "securityContext.seccompProfile.type";

bool forbid_setters(const pod& subject, finding_collector& found) {
    bool any = false;
    for_each_security_context(subject, [&](const element& where, const security_context& context) {
        if (context.seccomp && !is_confined(*context.seccomp)) {
            any = true;
            found.forbid(where, field, unconfined_text("seccompProfile", *context.seccomp));
        }
    });
    return any;
}

void since_1_19(const pod& subject, finding_collector& found) {
    if (forbid_setters(subject, found) || subject.security.seccomp) {
        return;
    }
    for_each_container(subject, [&](const element& where, const container& c) {
        if (!c.security.seccomp) {
            found.require(
                where,
                field,
                "must set securityContext.seccompProfile.type: RuntimeDefault (or Localhost), here "
                "or in the pod"
            );
        }
    });
}

void since_1_25(const pod& subject, finding_collector& found) {
    if (!subject.is_windows()) {
        since_1_19(subject, found);
    }
}

constexpr std::array versions = {
    check_version{19, since_1_19, rule_id::seccomp_profile_baseline},
    check_version{25, since_1_25, rule_id::seccomp_profile_baseline},
};

} // namespace

constinit const check seccomp_profile_restricted_check{
    rule_id::seccomp_profile_restricted,
    security_level::restricted,
    versions};

} // namespace gatehouse::policy
