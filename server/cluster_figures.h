#pragma once
// What the in-cluster half counts and holds, for the metrics. A value, read when somebody asks.

#include "server/certificates/rotation.h"
#include "server/clock.h"
#include "server/kube/kube_counts.h"

#include <array>
#include <cstdint>
#include <optional>

namespace gatehouse::server {

struct cluster_figures {
    const kube_counts* requests = nullptr; ///< never null where the figures are written
    bool is_leader = false;
    std::uint64_t applied = 0;
    std::uint64_t not_applied = 0;
    /// By rotation_action; nothing without certificates of its own.
    std::optional<std::array<std::uint64_t, rotation_action_count>> rotations;
    std::optional<wall_time> authority_end;
};

} // namespace gatehouse::server
