#pragma once
// /etc/passwd and /etc/group of one platform's image, from one endpoint of its registry: lists the layers, asks
// account_search which to read, and lets each stream through a layer_scan. Nothing is held but what was sought.

#include "policy/document/server_configuration.h"
#include "policy/user/accounts.h"
#include "server/clock.h"
#include "server/http_exchange.h"
#include "server/registry/access_memory.h"
#include "server/registry/endpoint.h"

namespace gatehouse::server {

/// What the registry is asked with; all outlive the awaiting.
struct layer_access {
    http_exchange& exchange;
    access_memory& memory;
    const clock& time;
};

/// Cancelled, it ends its transfers and scans and waits for them.
[[nodiscard]] awaitable<policy::fact<policy::account_files>> fetch_account_files(
    layer_access with,
    endpoint at,
    policy::digest manifest,
    policy::layer_limits limits,
    tick_time deadline
);

} // namespace gatehouse::server
