// seccompProfile_baseline, baseline: nothing may switch off the filter on system calls.
//
// v1.0      Judged:  the annotation seccomp.security.alpha.kubernetes.io/pod, and
//                    container.seccomp.security.alpha.kubernetes.io/NAME of the containers that
//                    exist
//           Allowed: absent, runtime/default, docker/default, localhost/*
// v1.19     Judged:  securityContext.seccompProfile.type of the pod and of every container
//           Allowed: RuntimeDefault, Localhost, or no profile at all (one without a type is not);
//                    from then on seccompProfile_restricted takes its place in the restricted level
//
// Each version looks at its own place only: the other one means nothing to it.

#include "policy/checks/checks.h"
#include "policy/checks/profile_type.h"
#include "policy/checks/wording.h"

#include <fmt/format.h>

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::string_view pod_annotation = "seccomp.security.alpha.kubernetes.io/pod";
constexpr std::string_view container_prefix = "container.seccomp.security.alpha.kubernetes.io/";

bool is_allowed_annotation(std::string_view value) {
    return value == "runtime/default" || value == "docker/default"
           || value.starts_with("localhost/");
}

void judge_annotation(
    const element& where,
    const annotation& given,
    std::string_view shown_key,
    finding_collector& found
) {
    if (is_allowed_annotation(given.value)) {
        return;
    }
    found.forbid_annotation(
        where,
        given.key,
        fmt::format(
            "must not have the annotation {}: {}; remove it, or set it to runtime/default or "
            "localhost/PROFILE",
            shown_key,
            shown(given.value)
        )
    );
}

void since_1_0(const pod& subject, finding_collector& found) {
    for (const annotation& given : subject.annotations) {
        if (given.key == pod_annotation) {
            judge_annotation(element{}, given, pod_annotation, found);
        }
    }
    for_each_container(subject, [&](const element& where, const container& c) {
        for (const annotation& given : subject.annotations) {
            if (given.key.starts_with(container_prefix)
                && given.key.substr(container_prefix.size()) == c.name) {
                judge_annotation(
                    where, given, fmt::format("{}{}", container_prefix, shown(c.name)), found
                );
            }
        }
    });
}

void since_1_19(const pod& subject, finding_collector& found) {
    for_each_security_context(subject, [&](const element& where, const security_context& context) {
        if (context.seccomp && !is_confined(*context.seccomp)) {
            found.forbid(
                where,
                "securityContext.seccompProfile.type",
                unconfined_text("seccompProfile", *context.seccomp) + ", or remove the profile"
            );
        }
    });
}

constexpr std::array versions = {
    check_version{0, since_1_0, {}},
    check_version{19, since_1_19, {}}};

} // namespace

constinit const check seccomp_profile_baseline_check{
    rule_id::seccomp_profile_baseline,
    security_level::baseline,
    versions};

} // namespace gatehouse::policy
