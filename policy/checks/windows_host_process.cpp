// windowsHostProcess, baseline: no container runs as a process of a Windows node.
//
// Judged:   securityContext.windowsOptions.hostProcess of the pod and of every container
// Allowed:  absent or false
// Versions: v1.0

#include "policy/checks/checks.h"

#include <array>

namespace gatehouse::policy {
namespace {

void since_1_0(const pod& subject, finding_collector& found) {
    for_each_security_context(subject, [&](const element& where, const security_context& context) {
        if (context.windows && context.windows->host_process.value_or(false)) {
            found.forbid(
                where,
                "securityContext.windowsOptions.hostProcess",
                "must not set securityContext.windowsOptions.hostProcess: true; remove it or set "
                "it "
                "to false"
            );
        }
    });
}

constexpr std::array versions = {check_version{0, since_1_0, {}}};

} // namespace

constinit const check windows_host_process_check{
    rule_id::windows_host_process,
    security_level::baseline,
    versions};

} // namespace gatehouse::policy
