#pragma once
// Whom a container runs as, in the JSON that `check` and `verify` print (docs/verify.md). Pure.

#include "server/identities.h"

#include <nlohmann/json.hpp>

namespace gatehouse::server {

/// Fields in the order of the documentation.
[[nodiscard]] nlohmann::ordered_json json_of(const shown_identity& one);

} // namespace gatehouse::server
