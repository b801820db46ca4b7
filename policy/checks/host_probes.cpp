// hostProbesAndHostLifecycle, baseline: the kubelet is sent to no address but the pod's own.
//
// Judged:   httpGet.host and tcpSocket.host of livenessProbe, readinessProbe, startupProbe,
//           lifecycle.postStart and lifecycle.preStop of every container
// Allowed:  absent or empty; loopback addresses are not, as they are the node's
// Versions: v1.34

#include "policy/checks/checks.h"
#include "policy/checks/wording.h"

#include <fmt/format.h>

#include <array>

namespace gatehouse::policy {
namespace {

void since_1_34(const pod& subject, finding_collector& found) {
    for_each_container(subject, [&](const element& where, const container& c) {
        for (const handler_host& given : c.handler_hosts) {
            const std::string field = fmt::format("{}.host", given.handler);
            found.forbid(
                where,
                field,
                fmt::format(
                    "must not set {}: {}; remove it, the pod's own address is then used",
                    field,
                    shown(given.host)
                )
            );
        }
    });
}

constexpr std::array versions = {check_version{34, since_1_34, {}}};

} // namespace

constinit const check host_probes_and_host_lifecycle_check{
    rule_id::host_probes_and_host_lifecycle,
    security_level::baseline,
    versions};

} // namespace gatehouse::policy
