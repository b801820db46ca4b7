#pragma once
// Makes Gatehouse's own certificates: an authority, and by it the leaf that is served. ECDSA P-256 with
// SHA-256, serials by chance, valid a little before now, since clocks differ. Keys stay in `secret`. Needs no
// file and no clock; any thread.

#include "policy/result.h"
#include "server/clock.h"
#include "server/registry/secret.h"

#include <chrono>
#include <string>
#include <vector>

namespace gatehouse::server {

struct issued_pair {
    std::string certificate; ///< PEM
    secret key;              ///< PEM, without a passphrase
};

/// A new authority that may sign leaves only. Throws where OpenSSL cannot, as out of memory.
[[nodiscard]] issued_pair issue_authority(wall_time now, std::chrono::seconds lives);

/// A leaf for TLS servers of these DNS names; it does not outlive its authority. Error: malformed, where the
/// authority's texts are no pair. Requires: at least one name.
[[nodiscard]] policy::result<issued_pair> issue_leaf(
    const issued_pair& authority,
    const std::vector<std::string>& names,
    wall_time now,
    std::chrono::seconds lives
);

} // namespace gatehouse::server
