#pragma once
// The conversation that finds the digest of a tag (OCI distribution specification, "Pulling manifests"): HEAD,
// and where that does not tell all, GET and a hash of the body. No I/O; the client drives it. One thread.

#include "server/registry/dialogue.h"

#include <optional>
#include <string>

namespace gatehouse::server {

class resolve_conversation {
  public:
    using result = policy::fact<policy::digest>;

    /// Requires: `memory` outlives this.
    resolve_conversation(endpoint at, std::string tag, access_memory& memory, tick_time deadline);

    [[nodiscard]] std::vector<outgoing> take_requests(tick_time now) {
        return dialogue_.take_requests(now);
    }
    void give(std::size_t id, policy::fact<http_response> answer, tick_time now);
    [[nodiscard]] bool is_listed() const noexcept { return !dialogue_.at().registry.empty(); }
    /// Set once it is over.
    [[nodiscard]] const std::optional<policy::fact<policy::digest>>& outcome() const noexcept {
        return outcome_;
    }

  private:
    enum class step : std::uint8_t { head, get };

    void ask(step next);
    void take(policy::fact<http_response> answer, tick_time now);
    /// Nothing: HEAD did not tell enough.
    [[nodiscard]] std::optional<policy::digest> announced(const http_response& head) const;
    [[nodiscard]] policy::fact<policy::digest> hashed(const http_response& got) const;
    [[nodiscard]] policy::fetch_failure malformed(std::string_view problem) const;

    dialogue dialogue_;
    std::string tag_;
    std::string what_;
    step step_ = step::head;
    std::optional<policy::fact<policy::digest>> outcome_;
};

} // namespace gatehouse::server
