#include "server/commands/serve.h"

#include "server/app.h"
#include "server/options.h"
#include "server/process_setup.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace gatehouse::server {
namespace {

exit_status serve(const raw_settings& typed) {
    const parsed_options parsed = parse_serve_options(typed, process_environment());
    for (const std::string& error : parsed.errors) {
        fmt::print(stderr, "gatehouse serve: {}\n", error);
    }
    if (!parsed.errors.empty()) {
        return exit_status::misconfigured;
    }
    bound_kept_memory();
    raise_descriptor_limit();
    const machine_clock time;
    const serve_options& options = parsed.options;
    log out(STDERR_FILENO, options.log_format, options.log_level, time);
    app server(options, out, time);
    if (const auto failure = server.start()) {
        for (const std::string& error : failure->errors) {
            fmt::print(stderr, "{}\n", error);
        }
        return failure->status;
    }
    return server.run();
}

} // namespace

void add_serve(CLI::App& app, int& status) {
    auto typed = std::make_shared<raw_settings>();
    CLI::App* command = app.add_subcommand("serve", "the admission webhook server");
    declare_serve_flags(*command, *typed);
    command->callback([typed, &status] { status = static_cast<int>(serve(*typed)); });
}

} // namespace gatehouse::server
