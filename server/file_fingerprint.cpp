#include "server/file_fingerprint.h"

#include <sys/stat.h>

#include <cerrno>

namespace gatehouse::server {
namespace {

std::int64_t nanoseconds_of(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

path_fingerprint look_at(const std::string& path) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) {
        return {.failure = errno};
    }
    return {
        .failure = 0,
        .device = found.st_dev,
        .inode = found.st_ino,
        .mode = found.st_mode,
        .size = found.st_size,
        .modified = nanoseconds_of(found.st_mtim),
        .changed = nanoseconds_of(found.st_ctim),
    };
}

} // namespace

file_fingerprint fingerprint_of(std::span<const std::string> paths) {
    file_fingerprint all;
    all.reserve(paths.size());
    for (const std::string& path : paths) {
        all.push_back(look_at(path));
    }
    return all;
}

} // namespace gatehouse::server
