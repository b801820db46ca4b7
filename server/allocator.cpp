#include "server/allocator.h"

#include <malloc.h>

namespace gatehouse::server {

void return_large_blocks() noexcept {
    constexpr int mib = 1024 * 1024;
    mallopt(M_MMAP_THRESHOLD, mib);
    mallopt(M_TRIM_THRESHOLD, 2 * mib);
    // One heap for the loop thread and one for the pool: each further one keeps its own free blocks.
    mallopt(M_ARENA_MAX, 2);
}

} // namespace gatehouse::server
