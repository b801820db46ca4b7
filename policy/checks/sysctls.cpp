// sysctls, baseline: only kernel parameters that are confined to the pod are set.
//
// Judged:   securityContext.sysctls[].name of the pod
// Allowed:  the names below, each from its version on; dots only, the spelling with slashes is not
// Versions: v1.0, v1.27, v1.29, v1.32, v1.37

#include "policy/checks/checks.h"
#include "policy/checks/wording.h"

#include <fmt/format.h>

#include <array>

namespace gatehouse::policy {
namespace {

struct safe_sysctl {
    std::string_view name;
    std::uint32_t since = 0;
};

constexpr std::array<safe_sysctl, 14> safe = {{
    {"kernel.shm_rmid_forced", 0},
    {"net.ipv4.ip_local_port_range", 0},
    {"net.ipv4.ip_unprivileged_port_start", 0},
    {"net.ipv4.ping_group_range", 0},
    {"net.ipv4.tcp_syncookies", 0},
    {"net.ipv4.ip_local_reserved_ports", 27},
    {"net.ipv4.tcp_fin_timeout", 29},
    {"net.ipv4.tcp_keepalive_intvl", 29},
    {"net.ipv4.tcp_keepalive_probes", 29},
    {"net.ipv4.tcp_keepalive_time", 29},
    {"net.ipv4.tcp_rmem", 32},
    {"net.ipv4.tcp_wmem", 32},
    {"net.ipv4.tcp_notsent_lowat", 37},
    {"net.ipv4.tcp_slow_start_after_idle", 37},
}};

bool is_safe(std::string_view name, std::uint32_t minor) {
    for (const safe_sysctl& known : safe) {
        if (known.name == name) {
            return known.since <= minor;
        }
    }
    return false;
}

template <std::uint32_t Minor>
void since(const pod& subject, finding_collector& found) {
    std::vector<std::string_view> unsafe;
    std::size_t last = 0;
    for (std::size_t i = 0; i < subject.security.sysctls.size(); ++i) {
        if (!is_safe(subject.security.sysctls[i], Minor)) {
            unsafe.push_back(subject.security.sysctls[i]);
            last = i;
        }
    }
    if (unsafe.empty()) {
        return;
    }
    const bool one_entry = unsafe.size() == 1;
    const listing bad = listed(std::move(unsafe));
    found.forbid(
        element{},
        one_entry ? fmt::format("securityContext.sysctls[{}].name", last)
                  : "securityContext.sysctls",
        fmt::format(
            "must not set {} {} in securityContext.sysctls; remove {}",
            bad.several ? "sysctls" : "sysctl",
            bad.text,
            bad.several ? "them" : "it"
        )
    );
}

constexpr std::array versions = {
    check_version{0, since<0>, {}},
    check_version{27, since<27>, {}},
    check_version{29, since<29>, {}},
    check_version{32, since<32>, {}},
    check_version{37, since<37>, {}},
};

} // namespace

constinit const check sysctls_check{rule_id::sysctls, security_level::baseline, versions};

} // namespace gatehouse::policy
