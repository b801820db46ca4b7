#pragma once
// What the kernel says of this process, for the metrics that every Prometheus client exports. Reads
// /proc, which never blocks. Any thread.

#include <cstdint>
#include <optional>

namespace gatehouse::server {

struct process_figures {
    std::uint64_t resident_bytes = 0;
    double cpu_seconds = 0;
    std::uint64_t open_descriptors = 0;
    double start_time = 0; ///< seconds since 1970
};

/// Nothing where /proc is not mounted.
[[nodiscard]] std::optional<process_figures> read_process_figures();

} // namespace gatehouse::server
