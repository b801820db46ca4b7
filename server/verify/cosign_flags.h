#pragma once
// Flags of `cosign verify` that `gatehouse verify` knows by name only: those that ask for what it does
// anyway are taken, the others refused rather than ignored. None of them is shown by --help.

namespace CLI {
class App;
}

namespace gatehouse::server {

/// `ignored` outlives the parsing.
void declare_cosign_flags(CLI::App& command, bool& ignored);

} // namespace gatehouse::server
