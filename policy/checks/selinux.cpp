// seLinuxOptions, baseline: SELinux confines the container as the runtime would.
//
// Judged:   securityContext.seLinuxOptions of the pod and of every container: type, user, role
// Allowed:  type absent, empty, container_t, container_init_t, container_kvm_t, and from v1.31
//           container_engine_t; user and role absent or empty; level is free
// Versions: v1.0, v1.31

#include "policy/checks/checks.h"
#include "policy/checks/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

// In the order in which they came, so that an older version allows a prefix.
constexpr std::array<std::string_view, 4> types = {
    "container_t",
    "container_init_t",
    "container_kvm_t",
    "container_engine_t",
};
constexpr std::span<const std::string_view> types_of_1_31 = types;
constexpr std::span<const std::string_view> types_of_1_0 = types_of_1_31.first(3);

void judge_type(
    const element& where,
    std::string_view type,
    std::span<const std::string_view> allowed,
    finding_collector& found
) {
    if (type.empty() || std::ranges::find(allowed, type) != allowed.end()) {
        return;
    }
    found.forbid(
        where,
        "securityContext.seLinuxOptions.type",
        fmt::format(
            "must not set securityContext.seLinuxOptions.type: {}; remove it or set it to {}",
            shown(type),
            one_of(allowed)
        )
    );
}

void judge_free_text(
    const element& where,
    std::string_view name,
    std::string_view value,
    finding_collector& found
) {
    if (value.empty()) {
        return;
    }
    const std::string field = fmt::format("securityContext.seLinuxOptions.{}", name);
    found.forbid(where, field, fmt::format("must not set {}: {}; remove it", field, shown(value)));
}

void judge(
    const pod& subject,
    std::span<const std::string_view> allowed,
    finding_collector& found
) {
    for_each_security_context(subject, [&](const element& where, const security_context& context) {
        if (context.se_linux) {
            judge_type(where, context.se_linux->type, allowed, found);
            judge_free_text(where, "user", context.se_linux->user, found);
            judge_free_text(where, "role", context.se_linux->role, found);
        }
    });
}

void since_1_0(const pod& subject, finding_collector& found) {
    judge(subject, types_of_1_0, found);
}

void since_1_31(const pod& subject, finding_collector& found) {
    judge(subject, types_of_1_31, found);
}

constexpr std::array versions = {
    check_version{0, since_1_0, {}},
    check_version{31, since_1_31, {}}};

} // namespace

constinit const check se_linux_options_check{
    rule_id::se_linux_options,
    security_level::baseline,
    versions};

} // namespace gatehouse::policy
