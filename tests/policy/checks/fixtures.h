#pragma once
// The pods of tests/data/pods: for every check and every version in which it changes, pods that pass and
// pods that it alone finds fault with. Each is the smallest pod that its level lets through (with one
// init container and one container) and one tweak. Written to disk so that they can be read, and be
// given to any other judge of pods.

#include "policy/checks/level.h"
#include "policy/rule.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// A JSON object from JSON pointers to the values to put there; null takes away.
using tweak = std::string_view;

struct fixture_set {
    rule_id rule;
    std::uint32_t since; ///< the version in which the check came or changed
    std::vector<tweak> passing;
    std::vector<tweak> failing;
};

[[nodiscard]] std::vector<fixture_set> baseline_fixtures();
[[nodiscard]] std::vector<fixture_set> restricted_fixtures();

struct fixture {
    rule_id rule;
    security_level level;
    std::uint32_t since;
    bool passes;
    std::string path; ///< below tests/data/pods: "baseline/v1.0/fail/privileged_1.json"
    std::string text; ///< the pod as JSON
};

[[nodiscard]] std::vector<fixture> all_fixtures();

} // namespace gatehouse::policy
