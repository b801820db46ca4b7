#pragma once
// `gatehouse certs status`: what the certificates in a Secret or a directory are, and in which phase.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// Declares it; its exit status goes to `status`, which outlives `app`.
void add_certs_status(CLI::App& app, int& status);

} // namespace gatehouse::server
