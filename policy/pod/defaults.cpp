#include "policy/pod/defaults.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace gatehouse::policy {
namespace {

using simdjson::dom::element;

/// Whole and not null, else 0: what the API server takes for "not given".
std::int64_t port_number(element port, std::string_view key) {
    std::int64_t number = 0;
    return port[key].get(number) == simdjson::SUCCESS ? number : 0;
}

/// Every port, since all of them are host ports where the pod shares the host's network.
list<host_port> all_host_ports(element container_object, arena& memory) {
    simdjson::dom::array ports;
    if (container_object["ports"].get(ports) != simdjson::SUCCESS) {
        return {};
    }
    std::vector<host_port> found;
    std::uint32_t index = 0;
    for (const element port : ports) {
        const std::int64_t asked = port_number(port, "hostPort");
        const std::int64_t taken = asked != 0 ? asked : port_number(port, "containerPort");
        if (taken != 0) {
            found.push_back({.index = index, .port = taken});
        }
        ++index;
    }
    const std::span<host_port> kept = memory.make_array<host_port>(found.size());
    std::ranges::copy(found, kept.begin());
    return {kept.data(), kept.size()};
}

list<container> on_host_network(
    const list<container>& containers,
    element spec,
    std::string_view key,
    arena& memory
) {
    simdjson::dom::array objects;
    if (containers.empty() || spec[key].get(objects) != simdjson::SUCCESS) {
        return containers;
    }
    const std::span<container> changed = memory.make_array<container>(containers.size());
    std::size_t next = 0;
    for (const element object : objects) {
        changed[next] = containers[next];
        changed[next].host_ports = all_host_ports(object, memory);
        ++next;
    }
    return {changed.data(), changed.size()};
}

list<volume> with_sources(const list<volume>& volumes, arena& memory) {
    const std::span<volume> changed = memory.make_array<volume>(volumes.size());
    const std::span<std::string_view> empty_dir = memory.make_array<std::string_view>(1);
    empty_dir.front() = "emptyDir";
    std::ranges::transform(volumes, changed.begin(), [&](volume one) {
        if (one.sources.empty()) {
            one.sources = {empty_dir.data(), empty_dir.size()};
        }
        return one;
    });
    return {changed.data(), changed.size()};
}

} // namespace

const pod& with_server_defaults(
    const pod& decoded,
    element object,
    defaulted_as what,
    arena& memory
) {
    pod& out = memory.make<pod>();
    out = decoded;
    out.volumes = with_sources(decoded.volumes, memory);
    element spec;
    if (what == defaulted_as::pod && decoded.host_network
        && object["spec"].get(spec) == simdjson::SUCCESS) {
        out.containers = on_host_network(decoded.containers, spec, "containers", memory);
        out.init_containers =
            on_host_network(decoded.init_containers, spec, "initContainers", memory);
    }
    return out;
}

} // namespace gatehouse::policy
