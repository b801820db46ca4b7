#pragma once
// The checks of the Pod Security Standards by name, each defined in the file named beside it. Only
// registry.cpp, which lists them in order, reads this; everybody else goes through registry.h.

#include "policy/checks/check.h"

namespace gatehouse::policy {

extern const check app_armor_profile_check;              // apparmor.cpp
extern const check capabilities_baseline_check;          // capabilities_baseline.cpp
extern const check host_namespaces_check;                // host_namespaces.cpp
extern const check host_path_volumes_check;              // host_path_volumes.cpp
extern const check host_ports_check;                     // host_ports.cpp
extern const check host_probes_and_host_lifecycle_check; // host_probes.cpp
extern const check privileged_check;                     // privileged.cpp
extern const check proc_mount_check;                     // proc_mount_baseline.cpp
extern const check se_linux_options_check;               // selinux.cpp
extern const check seccomp_profile_baseline_check;       // seccomp_baseline.cpp
extern const check sysctls_check;                        // sysctls.cpp
extern const check windows_host_process_check;           // windows_host_process.cpp

extern const check allow_privilege_escalation_check; // privilege_escalation.cpp
extern const check capabilities_restricted_check;    // capabilities_restricted.cpp
extern const check proc_mount_restricted_check;      // proc_mount_restricted.cpp
extern const check restricted_volumes_check;         // volume_types.cpp
extern const check run_as_non_root_check;            // run_as_non_root.cpp
extern const check run_as_user_restricted_check;     // run_as_user.cpp
extern const check seccomp_profile_restricted_check; // seccomp_restricted.cpp

} // namespace gatehouse::policy
