#pragma once
// Gzip data decompressed as it is pulled: any number of members one after the other, as gzip and Go read them, and
// nothing else behind them. Checks each member's checksum and length. One thread.

#include "server/image/byte_source.h"

#include <zlib.h>

#include <vector>

namespace gatehouse::server {

class gzip_source final : public byte_source {
  public:
    /// Requires: `from` outlives this.
    explicit gzip_source(byte_source& from);
    ~gzip_source() override;

    [[nodiscard]] policy::result<std::size_t> read(std::span<char> to) override;

  private:
    [[nodiscard]] policy::result<bool> begin_member();
    [[nodiscard]] policy::result<bool> fill();

    byte_source& from_;
    std::vector<char> input_;
    z_stream stream_{};
    bool is_in_member_ = false;
    bool had_member_ = false;
};

} // namespace gatehouse::server
