#pragma once
// What was asked of the API server and what came of it, and when it last answered. The labels are bounded:
// our own verbs and resources, and three-digit codes. Loop thread only.

#include "server/clock.h"
#include "server/kube/objects.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>

namespace gatehouse::server {

class exposition;

/// Of RBAC, as they stand in metrics.
enum class kube_verb : std::uint8_t { get, watch, update, patch };

[[nodiscard]] std::string_view name_of(kube_verb which) noexcept;

class kube_counts {
  public:
    /// `status` 0: no answer came.
    void count(kube_verb verb, kube_resource resource, unsigned status, wall_time now);
    /// Something came from the API server.
    void note_contact(wall_time now) noexcept { last_contact_ = now; }

    [[nodiscard]] std::optional<wall_time> last_contact() const noexcept { return last_contact_; }
    void write(exposition& to) const;

  private:
    std::map<std::tuple<kube_resource, kube_verb, unsigned>, std::uint64_t> requests_;
    std::optional<wall_time> last_contact_;
};

} // namespace gatehouse::server
