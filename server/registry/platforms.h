#pragma once
// The conversation that finds who an image runs as on each of its platforms: the manifest, or the index and the
// manifests it lists, then each one's config; all by digest, and each checked against it. What is no image
// (attestations) is left out. At most 64 platforms; beyond, a failure. No I/O; the client drives it. One thread.

#include "policy/user/image_users.h"
#include "server/registry/dialogue.h"
#include "server/registry/oci_manifest.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {

class platforms_conversation {
  public:
    using platforms = std::vector<policy::platform_image>;
    using result = policy::fact<platforms>;

    static constexpr std::size_t most_platforms = 64;

    /// Requires: `memory` outlives this.
    platforms_conversation(
        endpoint at,
        policy::digest image,
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
    enum class kind : std::uint8_t { root, manifest, config };
    struct job {
        kind asked = kind::root;
        policy::digest digest;
        std::size_t platform = 0; ///< in found_
        bool is_named = false;    ///< by the index, whatever its config says
    };

    void ask(job what);
    void take(const job& of, policy::fact<http_response> answer, tick_time now);
    void take_manifest(const job& of, const http_response& got);
    void take_index(const oci_manifest& index);
    void take_config(const job& of, const http_response& got);
    void fail_at(const job& of, std::string_view problem);

    dialogue dialogue_;
    policy::digest image_;
    std::map<std::size_t, job> jobs_;
    platforms found_;
    std::optional<result> outcome_;
};

} // namespace gatehouse::server
