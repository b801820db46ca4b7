#pragma once
// The rules by name. Their order is the order of findings in every message (interface 4.1): images,
// users and groups, then the Pod Security Standards in the order in which Kubernetes evaluates
// them.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::policy {

enum class rule_id : std::uint8_t {
    image_reference,
    image_registry,
    image_signature,
    image_tag,
    image_digest,
    run_as_user,
    run_as_group,
    fs_group,
    supplemental_groups,
    supplemental_groups_policy,
    image_user,
    // Pod Security Standards, baseline
    app_armor_profile,
    capabilities_baseline,
    host_namespaces,
    host_path_volumes,
    host_ports,
    host_probes_and_host_lifecycle,
    privileged,
    proc_mount,
    se_linux_options,
    seccomp_profile_baseline,
    sysctls,
    windows_host_process,
    // Pod Security Standards, restricted
    allow_privilege_escalation,
    capabilities_restricted,
    proc_mount_restricted,
    restricted_volumes,
    run_as_non_root,
    run_as_user_restricted,
    seccomp_profile_restricted,
};

inline constexpr std::size_t rule_count = 30;

/// The id as users write and read it: `image-registry`, or `hostPorts` for a Pod Security check.
/// The restricted check on runAsUser is PSA's `runAsUser`; our own range rule is `run-as-user`.
[[nodiscard]] std::string_view id_of(rule_id rule) noexcept;

/// The rule of that id, or nothing.
[[nodiscard]] std::optional<rule_id> rule_named(std::string_view id) noexcept;

/// True for the checks of the Pod Security Standards.
[[nodiscard]] constexpr bool is_pod_security(rule_id rule) noexcept {
    return rule >= rule_id::app_armor_profile;
}

/// Every rule, in order.
[[nodiscard]] const std::array<rule_id, rule_count>& all_rules() noexcept;

} // namespace gatehouse::policy
