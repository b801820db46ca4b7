#include "server/commands/certs.h"

#include "server/commands/certs_make.h"
#include "server/commands/certs_rotate.h"
#include "server/commands/certs_status.h"

#include <CLI/CLI.hpp>

namespace gatehouse::server {

void add_certs(CLI::App& app, int& status) {
    CLI::App* command =
        app.add_subcommand("certs", "Make serving certificates, look at them, rotate them");
    command->require_subcommand(1);
    add_certs_make(*command, status);
    add_certs_status(*command, status);
    add_certs_rotate(*command, status);
}

} // namespace gatehouse::server
