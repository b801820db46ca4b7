#pragma once
// What the file system says of paths, symbolic links followed: enough to see that any of them was
// edited in place, replaced, removed or swapped with the mount it lies in, without reading it. A
// directory's own entry changes when something is added to it or taken out. Blocks on the file system.

#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <vector>

namespace gatehouse::server {

struct path_fingerprint {
    int failure = 0; ///< errno where the path cannot be looked at; then the rest is 0
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t mode = 0;
    std::int64_t size = 0;
    std::int64_t modified = 0; ///< nanoseconds since 1970, as the next
    std::int64_t changed = 0;
    bool operator==(const path_fingerprint&) const = default;
};

/// In the order of the paths.
using file_fingerprint = std::vector<path_fingerprint>;

[[nodiscard]] file_fingerprint fingerprint_of(std::span<const std::string> paths);

} // namespace gatehouse::server
