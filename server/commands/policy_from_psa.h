#pragma once
// `gatehouse policy from-psa FILE...`: the policies that do what the Pod Security labels of the
// Namespaces in the files do, as YAML. Exit status 0, or 2 where a file cannot be read or no label
// asks for anything.

#include "server/commands/policy_conversion.h"

#include <span>
#include <string>

namespace CLI {
class App;
}

namespace gatehouse::server {

void add_policy_from_psa(CLI::App& policy, int& status);

[[nodiscard]] converted_policies policies_from_psa(std::span<const std::string> paths);

} // namespace gatehouse::server
