// capabilities_baseline, baseline: no capabilities beyond a list of thirteen.
//
// Judged:   securityContext.capabilities.add of every container
// Allowed:  AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE,
// SETFCAP,
//           SETGID, SETPCAP, SETUID, SYS_CHROOT; in this spelling, upper case and without CAP_
// Versions: v1.0; from v1.22 capabilities_restricted takes its place in the restricted level
//
// NET_RAW is not in the list although runtimes grant it to who asks for nothing.

#include "policy/checks/checks.h"
#include "policy/checks/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::string_view, 13> allowed = {
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
};

bool is_allowed(std::string_view capability) {
    return std::ranges::find(allowed, capability) != allowed.end();
}

void since_1_0(const pod& subject, finding_collector& found) {
    for_each_container(subject, [&](const element& where, const container& c) {
        if (!c.security.capabilities
            || std::ranges::all_of(c.security.capabilities->add, is_allowed)) {
            return;
        }
        std::vector<std::string_view> added;
        std::ranges::remove_copy_if(
            c.security.capabilities->add, std::back_inserter(added), is_allowed
        );
        const listing bad = listed(std::move(added));
        found.forbid(
            where,
            "securityContext.capabilities.add",
            fmt::format(
                "must not add {} {} in securityContext.capabilities.add; remove {}, only {} may be "
                "added",
                bad.several ? "capabilities" : "capability",
                bad.text,
                bad.several ? "them" : "it",
                one_of(allowed)
            )
        );
    });
}

constexpr std::array versions = {check_version{0, since_1_0, {}}};

} // namespace

constinit const check capabilities_baseline_check{
    rule_id::capabilities_baseline,
    security_level::baseline,
    versions};

} // namespace gatehouse::policy
