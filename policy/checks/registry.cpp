#include "policy/checks/registry.h"

#include "policy/checks/checks.h"

#include <algorithm>
#include <array>
#include <bitset>

namespace gatehouse::policy {
namespace {

// A list rather than objects that register themselves: the linker drops those from a static
// library.
constexpr std::array<const check*, check_count> checks = {
    &app_armor_profile_check,
    &capabilities_baseline_check,
    &host_namespaces_check,
    &host_path_volumes_check,
    &host_ports_check,
    &host_probes_and_host_lifecycle_check,
    &privileged_check,
    &proc_mount_check,
    &se_linux_options_check,
    &seccomp_profile_baseline_check,
    &sysctls_check,
    &windows_host_process_check,
    &allow_privilege_escalation_check,
    &capabilities_restricted_check,
    &proc_mount_restricted_check,
    &restricted_volumes_check,
    &run_as_non_root_check,
    &run_as_user_restricted_check,
    &seccomp_profile_restricted_check,
};

} // namespace

std::span<const check* const, check_count> all_checks() noexcept { return checks; }

std::vector<finding> evaluate(
    security_level level,
    const security_version& version,
    const pod& subject,
    std::span<const rule_id> exempt
) {
    if (level == security_level::privileged) {
        return {};
    }
    const std::uint32_t minor = effective_minor(version);
    std::array<const check_version*, check_count> in_force{};
    std::bitset<rule_count> overridden;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const check& candidate = *checks[i];
        if (candidate.level > level || std::ranges::find(exempt, candidate.rule) != exempt.end()) {
            continue;
        }
        in_force[i] = candidate.at(minor);
        if (in_force[i] != nullptr && in_force[i]->overrides) {
            overridden.set(static_cast<std::size_t>(*in_force[i]->overrides));
        }
    }
    finding_collector found;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const rule_id rule = checks[i]->rule;
        if (in_force[i] != nullptr && !overridden.test(static_cast<std::size_t>(rule))) {
            found.of(rule);
            in_force[i]->judge(subject, found);
        }
    }
    return std::move(found).take();
}

} // namespace gatehouse::policy
