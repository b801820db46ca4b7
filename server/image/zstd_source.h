#pragma once
// Zstandard data decompressed as it is pulled: any number of frames (RFC 8878), skippable ones included, and nothing
// else behind them. One thread.

#include "server/image/byte_source.h"

#include <zstd.h>

#include <memory>
#include <vector>

namespace gatehouse::server {

class zstd_source final : public byte_source {
  public:
    /// 32 MiB, the most that the tools which build images use. What needs more is an error, not memory.
    static constexpr int most_window_bits = 25;

    /// Requires: `from` outlives this.
    explicit zstd_source(byte_source& from);

    [[nodiscard]] policy::result<std::size_t> read(std::span<char> to) override;

  private:
    struct free_context {
        void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
    };

    [[nodiscard]] policy::result<bool> fill();
    [[nodiscard]] policy::result<void> check_magic();

    byte_source& from_;
    std::vector<char> storage_;
    std::unique_ptr<ZSTD_DCtx, free_context> context_;
    ZSTD_inBuffer input_{};
    bool is_in_frame_ = false;
    bool has_begun_ = false;
};

} // namespace gatehouse::server
