#pragma once
// A row of a check's table test: one tweak of the smallest pod that passes, and every word that is said
// about it.

#include "policy/checks/registry.h"
#include "tests/support/pod_builder.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

struct check_case {
    std::string name;
    std::uint32_t minor = 0; ///< of the version to judge by
    std::function<void(pod_builder&)> tweak;
    std::vector<std::string> lines; ///< as line_of() writes them; none: the pod passes
};

/// `forbidden spec.hostPID: pod must not ...`: all of a finding but its rule.
[[nodiscard]] std::string line_of(const policy::finding& found);

/// The lines of a pod at a level and version.
[[nodiscard]] std::vector<std::string> lines_of(
    policy::security_level level,
    std::uint32_t minor,
    const policy::pod& subject
);

/// The lines of the tweaked pod by the whole level that `rule` belongs to, checked to be findings of
/// this rule alone: a tweak that trips another check is a bad test.
[[nodiscard]] std::vector<std::string> lines_of(policy::rule_id rule, const check_case& row);

} // namespace gatehouse::testing_support
