// privileged, baseline: no container gets every right of the node.
//
// Judged:   securityContext.privileged of every container
// Allowed:  absent or false
// Versions: v1.0

#include "policy/checks/checks.h"

#include <array>

namespace gatehouse::policy {
namespace {

void since_1_0(const pod& subject, finding_collector& found) {
    for_each_container(subject, [&](const element& where, const container& c) {
        if (c.security.privileged.value_or(false)) {
            found.forbid(
                where,
                "securityContext.privileged",
                "must not set securityContext.privileged: true; remove it or set it to false"
            );
        }
    });
}

constexpr std::array versions = {check_version{0, since_1_0, {}}};

} // namespace

constinit const check privileged_check{rule_id::privileged, security_level::baseline, versions};

} // namespace gatehouse::policy
