#pragma once
// `gatehouse check` (interface 1.1): manifests in, verdicts out, no network. Reads every source, hands
// each object to check/judge_object.h and prints the report.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// Declares the subcommand; running it leaves the exit status in `status`, which outlives `app`.
void add_check(CLI::App& app, int& status);

} // namespace gatehouse::server
