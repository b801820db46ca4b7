#pragma once
// What a container really runs with: its own securityContext over the pod's, combined as the
// kubelet does (Kubernetes API reference, SecurityContext: the container's value takes precedence).

#include "policy/pod/pod.h"

#include <cstdint>
#include <optional>

namespace gatehouse::policy {

/// Who set an effective value.
enum class set_by : std::uint8_t { nobody, pod, container };

template <class T>
struct effective_value {
    std::optional<T> value;
    policy::set_by set_by = policy::set_by::nobody;
};

/// The container's value if it has one, else the pod's.
template <class T>
[[nodiscard]] effective_value<T> effective(
    const std::optional<T>& of_container,
    const std::optional<T>& of_pod
) {
    if (of_container) {
        return {of_container, set_by::container};
    }
    if (of_pod) {
        return {of_pod, set_by::pod};
    }
    return {};
}

/// windowsOptions are combined field by field, unlike the other structures.
[[nodiscard]] effective_value<std::string_view> effective_run_as_user_name(
    const pod& subject,
    const container& c
);

/// Equality of everything that decides how a container runs: its own fields and what it inherits.
[[nodiscard]] bool same_effective_security(
    const pod& pod_a,
    const container& a,
    const pod& pod_b,
    const container& b
);

} // namespace gatehouse::policy
