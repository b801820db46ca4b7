#include "server/process_setup.h"

#include <malloc.h>
#include <sys/resource.h>

namespace gatehouse::server {
namespace {

// Above what an ordinary review needs at once, below what a large one does.
constexpr int smallest_mapped_block = 256 * 1024;
constexpr int most_arenas = 2;
// POSIX grants a process that many (_POSIX_OPEN_MAX).
constexpr std::size_t least_descriptors = 20;

} // namespace

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(
            RLIMIT_NOFILE, &limit
        ); // if that fails the limit stays, and connections are bounded
    }
}

std::size_t descriptor_limit() {
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : least_descriptors;
}

void bound_kept_memory() {
    // Setting it also ends its automatic growth.
    mallopt(M_MMAP_THRESHOLD, smallest_mapped_block);
    mallopt(M_TRIM_THRESHOLD, smallest_mapped_block);
    mallopt(M_ARENA_MAX, most_arenas);
}

void give_back_free_memory() noexcept { malloc_trim(0); }

} // namespace gatehouse::server
