#include "server/commands/policy.h"

#include "server/commands/policy_from_gatekeeper.h"
#include "server/commands/policy_from_psa.h"
#include "server/commands/policy_print_default.h"
#include "server/commands/policy_validate.h"

#include <CLI/CLI.hpp>

namespace gatehouse::server {

void add_policy(CLI::App& app, int& status) {
    CLI::App* command =
        app.add_subcommand("policy", "Check policy files, print the built-in one, make new ones");
    command->require_subcommand(1);
    add_policy_validate(*command, status);
    add_policy_print_default(*command, status);
    add_policy_from_psa(*command, status);
    add_policy_from_gatekeeper(*command, status);
}

} // namespace gatehouse::server
