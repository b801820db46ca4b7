#pragma once
// One layer of an image as its manifest describes it, and its name in texts. Values only.

#include "policy/image/digest.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::server {

enum class layer_compression : std::uint8_t { none, gzip, zstd };

/// Of OCI's and Docker's types of layers, the ones that may not be distributed included; nothing for others.
[[nodiscard]] std::optional<layer_compression> layer_compression_of(std::string_view media_type
) noexcept;

struct image_layer {
    policy::digest digest; ///< of the bytes as the registry has them
    std::uint64_t size = 0;
    layer_compression compression = layer_compression::none;
    std::size_t index = 0; ///< 0 is the base
    std::size_t count = 1; ///< layers of the image
};

/// "layer 3 of 20 (sha256:0123456789ab...)"
[[nodiscard]] std::string name_of(const image_layer& layer);

} // namespace gatehouse::server
