#include "server/image/limited_source.h"

#include <fmt/format.h>

namespace gatehouse::server {

using policy::errc;
using policy::error;

policy::result<std::size_t> limited_source::read(std::span<char> to) {
    GATEHOUSE_TRY(const std::size_t size, from_.read(to));
    bytes_ += size;
    if (bytes_ > limits_.limits.layer_bytes) {
        return error(
            errc::too_large,
            fmt::format("holds more than {} bytes (limits.layerBytes)", limits_.limits.layer_bytes)
        );
    }
    if (bytes_ > limits_.image_bytes_left) {
        return error(
            errc::too_large,
            fmt::format(
                "and those read before it hold more than {} bytes (limits.imageBytes)",
                limits_.limits.image_bytes
            )
        );
    }
    return size;
}

} // namespace gatehouse::server
