#pragma once
// Bytes that are pulled: a layer as it comes, and each stage over it (hashed, decompressed, limited). Blocks; so
// only for threads other than the loop's.

#include "policy/result.h"

#include <cstddef>
#include <span>

namespace gatehouse::server {

class byte_source {
  public:
    byte_source() = default;
    byte_source(const byte_source&) = delete;
    byte_source& operator=(const byte_source&) = delete;
    virtual ~byte_source() = default;

    /// At least one byte, as many as fit at most; 0 at the end. Requires: `to` is not empty.
    [[nodiscard]] virtual policy::result<std::size_t> read(std::span<char> to) = 0;
};

} // namespace gatehouse::server
