#pragma once
// CPU time that a process has used, read from /proc, to the scheduler's own precision. The load
// generator reads it for the server at both ends of the measured time. Linux only.

#include <sys/types.h>

#include <chrono>

namespace gatehouse::bench {

/// Sum over all threads that live; falls back to clock ticks where the kernel keeps no schedstat.
/// Throws std::runtime_error if there is no such process.
[[nodiscard]] std::chrono::nanoseconds process_cpu(pid_t process);

} // namespace gatehouse::bench
