#pragma once
// `gatehouse certs rotate`: asks the leader to rotate now, and tells how it goes.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// Declares it; its exit status goes to `status`, which outlives `app`.
void add_certs_rotate(CLI::App& app, int& status);

} // namespace gatehouse::server
