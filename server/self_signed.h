#pragma once
// The certificate of a server that was given none: enough to try the program out on one's own machine.
// Made anew at each start and never written to disk; not for a cluster, where nobody could trust it.

#include "server/tls_context.h"

namespace gatehouse::server {

/// A fresh ECDSA P-256 pair for localhost, 127.0.0.1 and ::1, valid for a year from `now`.
[[nodiscard]] tls_material make_self_signed(wall_time now);

} // namespace gatehouse::server
