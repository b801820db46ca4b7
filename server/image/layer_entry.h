#pragma once
// One entry of a layer's archive as every reader of tar agrees on it: tar_headers makes them, layer_tracker takes
// them.

#include <cstdint>
#include <string>

namespace gatehouse::server {

enum class entry_kind : std::uint8_t {
    file,
    directory,
    symlink,
    hard_link,
    other ///< devices and fifos
};

struct layer_entry {
    entry_kind kind = entry_kind::file;
    std::string path; ///< as it stands in the archive
    std::string link; ///< where a link leads, as it stands in the archive
    std::uint64_t size = 0;

    bool operator==(const layer_entry&) const = default;
};

} // namespace gatehouse::server
