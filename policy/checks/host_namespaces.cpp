// hostNamespaces, baseline: no namespace of the node is shared.
//
// Judged:   spec.hostNetwork, spec.hostPID, spec.hostIPC
// Allowed:  absent or false
// Versions: v1.0

#include "policy/checks/checks.h"

#include <fmt/format.h>

#include <array>

namespace gatehouse::policy {
namespace {

void since_1_0(const pod& subject, finding_collector& found) {
    const auto judge = [&](bool shared, std::string_view field) {
        if (shared) {
            found.forbid(
                element{},
                field,
                fmt::format("must not set {}: true; remove it or set it to false", field)
            );
        }
    };
    judge(subject.host_network, "hostNetwork");
    judge(subject.host_pid, "hostPID");
    judge(subject.host_ipc, "hostIPC");
}

constexpr std::array versions = {check_version{0, since_1_0, {}}};

} // namespace

constinit const check host_namespaces_check{
    rule_id::host_namespaces,
    security_level::baseline,
    versions};

} // namespace gatehouse::policy
