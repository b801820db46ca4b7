#pragma once
// `gatehouse policy ...`: what people do with policy files before the server reads them.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// Adds the subcommand; `status` gets the exit status when one of its parts runs. Both outlive the
/// parse.
void add_policy(CLI::App& app, int& status);

} // namespace gatehouse::server
