#include "server/commands/root.h"

#include "server/commands/certs.h"
#include "server/commands/check.h"
#include "server/commands/policy.h"
#include "server/commands/serve.h"
#include "server/commands/test_webhook.h"
#include "server/commands/usage_error.h"
#include "server/commands/verify.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace gatehouse::server {
namespace {

int run_app(int argc, const char* const* argv) {
    CLI::App app("Gatehouse: a validating admission webhook for container security", "gatehouse");
    app.set_version_flag("--version", std::string("gatehouse ") + GATEHOUSE_VERSION);
    app.require_subcommand(1);

    int status = 0;
    add_certs(app, status);
    add_check(app, status);
    add_policy(app, status);
    add_serve(app, status);
    add_test_webhook(app, status);
    add_verify(app, status);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // A command with an exit status of its own for this has set it.
        const int refused = status == 0 ? usage_error : status;
        return app.exit(error) == 0 ? 0 : refused;
    }
    return status;
}

} // namespace

int run(int argc, const char* const* argv) {
    try {
        return run_app(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "gatehouse: {}\n", error.what());
        return 1;
    }
}

} // namespace gatehouse::server
