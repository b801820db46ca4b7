#pragma once
// `gatehouse policy from-gatekeeper FILE...`: one policy for each constraint of the kinds that
// policy/migrate/from_gatekeeper.h knows, as YAML. Exit status 0, or 2 where a file or a constraint
// cannot be read or carried over.

#include "server/commands/policy_conversion.h"

#include <span>
#include <string>

namespace CLI {
class App;
}

namespace gatehouse::server {

void add_policy_from_gatekeeper(CLI::App& policy, int& status);

[[nodiscard]] converted_policies policies_from_gatekeeper(std::span<const std::string> paths);

} // namespace gatehouse::server
