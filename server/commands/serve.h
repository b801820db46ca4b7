#pragma once
// `gatehouse serve`: settings to a running server to an exit status (interface 4). What the server is
// made of stands in app.h.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// Adds the subcommand; `status` receives its exit status when it has been chosen.
void add_serve(CLI::App& app, int& status);

} // namespace gatehouse::server
