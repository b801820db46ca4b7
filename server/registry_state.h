#pragma once
// A ServerConfiguration with the files that it names: read, parsed, and compared with its predecessor to
// know whose facts a reload makes worthless. Used by config_store; immutable once made.

#include "policy/document/server_configuration.h"
#include "server/fact_cache.h"
#include "server/registry/endpoint.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

/// What is known of registries; of none where there is no configuration.
struct registry_state {
    registry_settings settings;
    std::map<std::string, std::string, std::less<>>
        authorities; ///< PEM by host, for entries with a caFile
    /// Over all that matters to one entry, files included, by host; and over what matters to all.
    std::map<std::string, std::string, std::less<>> entry_hashes;
    std::string common_hash;
};

struct registry_state_report {
    std::shared_ptr<const registry_state> made; ///< null = there are errors
    std::vector<std::string> errors; ///< `file:line:column: field: what`, or `file: what`
    std::vector<std::string> warnings;
    std::vector<std::string> paths; ///< everything that was read or should have been
};

/// Reads the configuration at `path`; an empty one stands for none. Blocks on the file system.
[[nodiscard]] registry_state_report read_registry_state(const std::string& path);

/// What `next` makes of facts that were had under `before`.
[[nodiscard]] registry_changes changes_between(
    const registry_state& before,
    const registry_state& next
);

} // namespace gatehouse::server
