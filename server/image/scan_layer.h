#pragma once
// Reads one layer to its end and says what it holds at the sought paths: decompressed as its media type says,
// verified by digest and size, within limits. Blocks as its source does; layer_scan runs it on a thread.

#include "policy/result.h"
#include "server/image/byte_source.h"
#include "server/image/image_layer.h"
#include "server/image/layer_findings.h"
#include "server/image/limited_source.h"

namespace gatehouse::server {

/// More than any image that a runtime would unpack in reasonable time.
inline constexpr std::uint64_t most_layer_entries = 4'000'000;

/// Error: one line such as "layer 3 of 20 (sha256:0123456789ab...) is not gzip, as its media type says"; what the
/// source says when it fails, as it is.
[[nodiscard]] policy::result<layer_findings> scan_layer(
    const image_layer& layer,
    const layer_question& question,
    const scan_limits& limits,
    byte_source& from
);

} // namespace gatehouse::server
