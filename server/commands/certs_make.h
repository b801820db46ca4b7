#pragma once
// `gatehouse certs make`: an authority and a certificate for a Secret that somebody else keeps, offline.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// Declares it; its exit status goes to `status`, which outlives `app`.
void add_certs_make(CLI::App& app, int& status);

} // namespace gatehouse::server
