#pragma once
// `gatehouse test-webhook`: asks a running webhook about one review that it must allow, one that it must deny
// and a pod as everybody starts it. What `helm test` runs.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// Adds the command to `app`; when it runs, its exit status goes to `status`, which outlives the parsing.
void add_test_webhook(CLI::App& app, int& status);

} // namespace gatehouse::server
