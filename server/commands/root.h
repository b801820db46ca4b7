#pragma once
// The program's subcommands by name (interface 1). One place for `--help`, `--version` and the rule
// that an exception which nobody expected ends the program with status 1 and a line on stderr.

namespace gatehouse::server {

/// Runs the subcommand named by the arguments and returns the exit status.
[[nodiscard]] int run(int argc, const char* const* argv);

} // namespace gatehouse::server
