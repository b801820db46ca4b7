#include "policy/pod/workload.h"

#include <algorithm>

namespace gatehouse::policy {
namespace {

constexpr std::array<workload_kind, 8> kinds = {{
    {"apps", "deployments", "Deployment", "spec.template.", {"spec", "template"}},
    {"apps", "statefulsets", "StatefulSet", "spec.template.", {"spec", "template"}},
    {"apps", "daemonsets", "DaemonSet", "spec.template.", {"spec", "template"}},
    {"apps", "replicasets", "ReplicaSet", "spec.template.", {"spec", "template"}},
    {"", "replicationcontrollers", "ReplicationController", "spec.template.", {"spec", "template"}},
    {"batch", "jobs", "Job", "spec.template.", {"spec", "template"}},
    {"batch",
     "cronjobs",
     "CronJob",
     "spec.jobTemplate.spec.template.",
     {"spec", "jobTemplate", "spec", "template"}},
    {"", "podtemplates", "PodTemplate", "template.", {"template"}},
}};

const workload_kind* found(const workload_kind* at) { return at == kinds.end() ? nullptr : at; }

} // namespace

std::span<const workload_kind> workload_kinds() noexcept { return kinds; }

const workload_kind* workload_of_resource(
    std::string_view group,
    std::string_view resource
) noexcept {
    return found(std::ranges::find_if(kinds, [&](const workload_kind& kind) {
        return kind.resource == resource && kind.group == group;
    }));
}

const workload_kind* workload_of_kind(std::string_view group, std::string_view kind_name) noexcept {
    return found(std::ranges::find_if(kinds, [&](const workload_kind& kind) {
        return kind.kind == kind_name && kind.group == group;
    }));
}

} // namespace gatehouse::policy
