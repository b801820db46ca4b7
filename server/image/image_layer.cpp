#include "server/image/image_layer.h"

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

/// What stands before the compression in the types of layers.
constexpr std::string_view families[] = {
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar"};

} // namespace

std::optional<layer_compression> layer_compression_of(std::string_view media_type) noexcept {
    for (const std::string_view family : families) {
        if (!media_type.starts_with(family)) {
            continue;
        }
        const std::string_view rest = media_type.substr(family.size());
        if (rest.empty()) {
            return layer_compression::none;
        }
        if (rest == "+gzip" || rest == ".gzip") {
            return layer_compression::gzip;
        }
        if (rest == "+zstd" || rest == ".zstd") {
            return layer_compression::zstd;
        }
    }
    return std::nullopt;
}

std::string name_of(const image_layer& layer) {
    constexpr std::size_t shown = 19; // "sha256:" and twelve digits
    return fmt::format(
        "layer {} of {} ({}...)",
        layer.index + 1,
        layer.count,
        std::string_view(layer.digest.text()).substr(0, shown)
    );
}

} // namespace gatehouse::server
