#pragma once
// `gatehouse verify IMAGE...` (interface 1): have these images been signed by whom the key or the policies
// name? Exit statuses as cosign's: 0 verified, 10 no signature, 11 no such tag, 12 no matching signature, 1
// anything else; of several images that of the first that was not verified.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// Declares the subcommand; running it, or failing to read its flags, leaves the exit status in `status`,
/// which outlives `app`.
void add_verify(CLI::App& app, int& status);

} // namespace gatehouse::server
