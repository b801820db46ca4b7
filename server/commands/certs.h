#pragma once
// `gatehouse certs`: Gatehouse's own certificates by hand.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// Declares it; its exit status goes to `status`, which outlives `app`.
void add_certs(CLI::App& app, int& status);

} // namespace gatehouse::server
