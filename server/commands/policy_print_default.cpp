#include "server/commands/policy_print_default.h"

#include "policy/document/parse.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace gatehouse::server {

void add_policy_print_default(CLI::App& policy, int& status) {
    CLI::App* command = policy.add_subcommand(
        "print-default", "Print the policy that holds where none is given, ready to edit"
    );
    command->callback([&status] {
        fmt::print("{}", policy::default_policy_text());
        status = 0;
    });
}

} // namespace gatehouse::server
