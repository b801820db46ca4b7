#pragma once
// The conversation that lists the layers of one platform's image, by the manifest's digest. No I/O; the client
// drives it. One thread.

#include "server/image/image_layer.h"
#include "server/registry/dialogue.h"

#include <optional>
#include <vector>

namespace gatehouse::server {

class layers_conversation {
  public:
    using layers = std::vector<image_layer>;
    using result = policy::fact<layers>;

    /// Requires: `memory` outlives this.
    layers_conversation(
        endpoint at,
        policy::digest manifest,
        access_memory& memory,
        tick_time deadline
    );

    [[nodiscard]] std::vector<outgoing> take_requests(tick_time now) {
        return dialogue_.take_requests(now);
    }
    void give(std::size_t id, policy::fact<http_response> answer, tick_time now);
    [[nodiscard]] bool is_listed() const noexcept { return !dialogue_.at().registry.empty(); }
    /// Set once it is over; the base is the first.
    [[nodiscard]] const std::optional<result>& outcome() const noexcept { return outcome_; }

  private:
    void ask();
    void take(policy::fact<http_response> answer, tick_time now);
    void fail(std::string_view problem);

    dialogue dialogue_;
    policy::digest manifest_;
    std::optional<result> outcome_;
};

} // namespace gatehouse::server
