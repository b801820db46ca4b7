#pragma once
// `gatehouse policy print-default`: the built-in policy as YAML, ready to edit.

namespace CLI {
class App;
}

namespace gatehouse::server {

void add_policy_print_default(CLI::App& policy, int& status);

} // namespace gatehouse::server
