#pragma once
// Counts what is pulled, and fails beyond a limit: decompressed bytes of a layer. One thread.

#include "policy/document/server_configuration.h"
#include "server/image/byte_source.h"

#include <cstdint>

namespace gatehouse::server {

struct scan_limits {
    policy::layer_limits limits;
    /// What is left for this layer of limits.image_bytes.
    std::uint64_t image_bytes_left = policy::layer_limits().image_bytes;
};

class limited_source final : public byte_source {
  public:
    /// Requires: `from` outlives this.
    limited_source(byte_source& from, const scan_limits& limits) : from_(from), limits_(limits) {}

    [[nodiscard]] policy::result<std::size_t> read(std::span<char> to) override;
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  private:
    byte_source& from_;
    scan_limits limits_;
    std::uint64_t bytes_ = 0;
};

} // namespace gatehouse::server
