#pragma once
// A layer's bytes as they come, hashed on the way: the end of the stream is an error unless size and digest are
// those of the descriptor. Keeps what the source below said when it failed. One thread, as all byte_sources.

#include "policy/signature/openssl_ptr.h"
#include "server/image/byte_source.h"
#include "server/image/image_layer.h"

#include <optional>

namespace gatehouse::server {

class verified_source final : public byte_source {
  public:
    /// Requires: both outlive this.
    verified_source(byte_source& from, const image_layer& layer);

    [[nodiscard]] policy::result<std::size_t> read(std::span<char> to) override;
    /// Why no more bytes came from below.
    [[nodiscard]] const std::optional<policy::error>& failure() const noexcept { return failure_; }

  private:
    [[nodiscard]] policy::result<std::size_t> finish();

    byte_source& from_;
    const image_layer& layer_;
    policy::message_context_ptr hash_;
    std::uint64_t size_ = 0;
    bool is_at_end_ = false;
    std::optional<policy::error> failure_;
};

} // namespace gatehouse::server
