#pragma once
// All checks of the Pod Security Standards, and the one function that judges a pod by a level and a
// version of them. Verdicts are those of Kubernetes' Pod Security Admission; only the words are
// ours. Pure; safe from any thread; allocates only for what it finds.

#include "policy/checks/check.h"

#include <cstddef>
#include <span>
#include <vector>

namespace gatehouse::policy {

inline constexpr std::size_t check_count = 19;

/// In order of evaluation, which is the order of messages: baseline, then restricted, each by id.
[[nodiscard]] std::span<const check* const, check_count> all_checks() noexcept;

/// Everything that is wrong with the pod, in message order; empty where it passes. The level
/// `restricted` includes `baseline`, except for the checks that a restricted one overrides at this
/// version; `privileged` has none. Versions newer than newest_minor are that one.
///
/// Checks in `exempt` are not run. An exempt restricted check overrides nothing: who lifts
/// `capabilities_restricted` is still held to `capabilities_baseline`, and has to lift both to be
/// held to neither.
[[nodiscard]] std::vector<finding> evaluate(
    security_level level,
    const security_version& version,
    const pod& subject,
    std::span<const rule_id> exempt = {}
);

} // namespace gatehouse::policy
