#pragma once
// The conversation that fetches one blob into a body_sink, as it arrives; whoever reads the sink checks digest
// and size. No I/O; the client drives it. One thread.

#include "policy/image/digest.h"
#include "server/registry/dialogue.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace gatehouse::server {

/// The whole body went into the sink, or as much as the sink wanted.
struct blob_end {};

class blob_conversation {
  public:
    using result = policy::fact<blob_end>;

    /// No more than `size` bytes are taken. Requires: `memory` outlives this.
    blob_conversation(
        endpoint at,
        const policy::digest& blob,
        std::uint64_t size,
        std::shared_ptr<body_sink> to,
        access_memory& memory,
        tick_time deadline
    );

    [[nodiscard]] std::vector<outgoing> take_requests(tick_time now) {
        return dialogue_.take_requests(now);
    }
    void give(std::size_t id, policy::fact<http_response> answer, tick_time now);
    [[nodiscard]] bool is_listed() const noexcept { return !dialogue_.at().registry.empty(); }
    /// Set once it is over.
    [[nodiscard]] const std::optional<result>& outcome() const noexcept { return outcome_; }

  private:
    dialogue dialogue_;
    std::string what_;
    std::optional<result> outcome_;
};

} // namespace gatehouse::server
