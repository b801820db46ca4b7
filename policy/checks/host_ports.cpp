// hostPorts, baseline: no port of the node is taken.
//
// Judged:   ports[].hostPort of every container
// Allowed:  absent or 0
// Versions: v1.0
//
// In a pod with hostNetwork the API server has given every port a hostPort equal to its
// containerPort before anybody is asked, so the message says where it came from.

#include "policy/checks/checks.h"
#include "policy/checks/wording.h"

#include <fmt/format.h>

#include <array>

namespace gatehouse::policy {
namespace {

std::string field_of(const list<host_port>& ports) {
    return ports.size() == 1 ? fmt::format("ports[{}].hostPort", ports[0].index) : "ports";
}

std::string text_of(const list<host_port>& ports, bool has_host_network) {
    std::vector<std::int64_t> numbers;
    for (const host_port& port : ports) {
        numbers.push_back(port.port);
    }
    const listing taken = listed(std::move(numbers));
    return fmt::format(
        "must not use {} {}; remove {} and reach the pod through a Service{}",
        taken.several ? "hostPorts" : "hostPort",
        taken.text,
        taken.several ? "them" : "it",
        has_host_network ? " (hostNetwork: true makes every port a hostPort)" : ""
    );
}

void since_1_0(const pod& subject, finding_collector& found) {
    for_each_container(subject, [&](const element& where, const container& c) {
        if (!c.host_ports.empty()) {
            found.forbid(
                where, field_of(c.host_ports), text_of(c.host_ports, subject.host_network)
            );
        }
    });
}

constexpr std::array versions = {check_version{0, since_1_0, {}}};

} // namespace

constinit const check host_ports_check{rule_id::host_ports, security_level::baseline, versions};

} // namespace gatehouse::policy
