#pragma once
// What images and pods are judged by, from files: policies with the keys that they name, and what is known
// of registries. Read the same way by `serve` (config_store), `check` and `verify`; every error at once.
// Blocks on the file system; touches nothing but its arguments, so it is safe on any thread.

#include "policy/document/document.h"
#include "policy/image/aliases.h"
#include "server/registry_state.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gatehouse::server {

struct rule_paths {
    std::vector<std::string> policies; ///< files and directories; empty = the built-in policy
    std::string configuration = {};    ///< a ServerConfiguration; empty = none
};

/// Without a registry no signature is looked at, and the keys may be on the server only.
enum class key_reading : std::uint8_t { required, skipped };

struct loaded_rules {
    std::vector<policy::policy_document> policies;
    std::shared_ptr<const registry_state> registries; ///< null only where there are errors
    /// `file:line:column: field: what`, or `file: what`; any = nothing of this may be used.
    std::vector<std::string> errors;
    std::vector<std::string> warnings; ///< in the same form
    std::vector<std::string> paths;    ///< everything that was read or should have been

    /// Requires: no errors.
    [[nodiscard]] policy::registry_aliases aliases() const;
};

[[nodiscard]] loaded_rules load_rules(const rule_paths& from, key_reading keys);

} // namespace gatehouse::server
