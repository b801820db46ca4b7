#pragma once
// The built-in kinds that hold a pod template, and where in them it stands (interface 2.5).

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace gatehouse::policy {

struct workload_kind {
    std::string_view group;
    std::string_view resource;
    std::string_view kind;
    /// Field path of the template with a dot behind it, for messages: "spec.template.".
    std::string_view path;
    /// The same, key by key; empty keys at the end are none.
    std::array<std::string_view, 4> keys;
};

/// The kinds: Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob,
/// PodTemplate.
[[nodiscard]] std::span<const workload_kind> workload_kinds() noexcept;

/// By API group and resource, or nullptr.
[[nodiscard]] const workload_kind* workload_of_resource(
    std::string_view group,
    std::string_view resource
) noexcept;

/// By API group and kind, or nullptr: for manifests, which do not name a resource.
[[nodiscard]] const workload_kind* workload_of_kind(
    std::string_view group,
    std::string_view kind
) noexcept;

} // namespace gatehouse::policy
