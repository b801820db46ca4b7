#include "policy/rule.h"

#include <algorithm>

namespace gatehouse::policy {
namespace {

struct named_rule {
    rule_id rule;
    std::string_view id;
};

constexpr std::array<named_rule, rule_count> names = {{
    {rule_id::image_reference, "image-reference"},
    {rule_id::image_registry, "image-registry"},
    {rule_id::image_signature, "image-signature"},
    {rule_id::image_tag, "image-tag"},
    {rule_id::image_digest, "image-digest"},
    {rule_id::run_as_user, "run-as-user"},
    {rule_id::run_as_group, "run-as-group"},
    {rule_id::fs_group, "fs-group"},
    {rule_id::supplemental_groups, "supplemental-groups"},
    {rule_id::supplemental_groups_policy, "supplemental-groups-policy"},
    {rule_id::image_user, "image-user"},
    {rule_id::app_armor_profile, "appArmorProfile"},
    {rule_id::capabilities_baseline, "capabilities_baseline"},
    {rule_id::host_namespaces, "hostNamespaces"},
    {rule_id::host_path_volumes, "hostPathVolumes"},
    {rule_id::host_ports, "hostPorts"},
    {rule_id::host_probes_and_host_lifecycle, "hostProbesAndHostLifecycle"},
    {rule_id::privileged, "privileged"},
    {rule_id::proc_mount, "procMount"},
    {rule_id::se_linux_options, "seLinuxOptions"},
    {rule_id::seccomp_profile_baseline, "seccompProfile_baseline"},
    {rule_id::sysctls, "sysctls"},
    {rule_id::windows_host_process, "windowsHostProcess"},
    {rule_id::allow_privilege_escalation, "allowPrivilegeEscalation"},
    {rule_id::capabilities_restricted, "capabilities_restricted"},
    {rule_id::proc_mount_restricted, "procMount_restricted"},
    {rule_id::restricted_volumes, "restrictedVolumes"},
    {rule_id::run_as_non_root, "runAsNonRoot"},
    {rule_id::run_as_user_restricted, "runAsUser"},
    {rule_id::seccomp_profile_restricted, "seccompProfile_restricted"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (static_cast<std::size_t>(names[i].rule) != i) {
            return false;
        }
    }
    return true;
}
static_assert(in_order(), "the table lists every rule in the order of the enumeration");

} // namespace

std::string_view id_of(rule_id rule) noexcept { return names[static_cast<std::size_t>(rule)].id; }

std::optional<rule_id> rule_named(std::string_view id) noexcept {
    const auto found = std::ranges::find(names, id, &named_rule::id);
    return found == names.end() ? std::nullopt : std::optional(found->rule);
}

const std::array<rule_id, rule_count>& all_rules() noexcept {
    static constexpr auto rules = [] {
        std::array<rule_id, rule_count> all{};
        std::ranges::transform(names, all.begin(), &named_rule::rule);
        return all;
    }();
    return rules;
}

} // namespace gatehouse::policy
