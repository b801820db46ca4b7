#pragma once
// Leader election by a coordination.k8s.io Lease, as client-go does it: what a candidate makes of the Lease
// that it reads, and the Lease that it writes. Whether another's claim still holds is judged by how long
// this process has seen it unchanged, never by the times in it: clocks of nodes differ. Pure; leadership.h
// does the talking.

#include "server/clock.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace gatehouse::server {

inline constexpr std::chrono::seconds lease_duration{15};
/// A leader that could not renew for so long stops being one, well before others may take over.
inline constexpr std::chrono::seconds lease_renew_deadline{10};
inline constexpr std::chrono::seconds lease_retry_period{2};

struct lease_record {
    std::string holder; ///< empty: nobody, or released
    std::chrono::seconds duration{0};
    std::string acquire_time;
    std::string renew_time;
    std::int64_t transitions = 0;
    bool operator==(const lease_record&) const = default;
};

/// Fields that are absent or make no sense are as if empty: such a Lease is nobody's.
[[nodiscard]] lease_record record_of(const nlohmann::json& lease);

class lease_candidate {
  public:
    explicit lease_candidate(std::string identity) : identity_(std::move(identity)) {}

    /// The Lease as it was read at `now`.
    void observe(const nlohmann::json& lease, tick_time now);

    [[nodiscard]] const std::string& identity() const noexcept { return identity_; }
    /// As it was seen last; empty where nobody is.
    [[nodiscard]] const std::string& holder() const noexcept { return seen_.holder; }
    /// Nobody holds it, this candidate does, or whoever did has not renewed it for its whole duration.
    [[nodiscard]] bool may_claim(tick_time now) const;

    /// `lease` (of an object that does not exist yet: its metadata alone) with this candidate's claim.
    [[nodiscard]] nlohmann::json claim(nlohmann::json lease, wall_time now) const;
    /// `lease` given back, free for the next at once.
    [[nodiscard]] nlohmann::json release(nlohmann::json lease, wall_time now) const;

  private:
    std::string identity_;
    lease_record seen_;
    std::optional<tick_time> seen_since_; ///< when `seen_` was seen first
};

} // namespace gatehouse::server
