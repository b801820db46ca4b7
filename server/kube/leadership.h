#pragma once
// Whether this replica is the leader: claims the Lease, renews it, and stops being the leader when it could
// not renew it in time, whatever it was that hung. The rules are lease.h's; here is the talking. Loop thread
// only.

#include "server/kube/backoff.h"
#include "server/kube/client.h"
#include "server/kube/lease.h"

#include <functional>
#include <optional>
#include <string>

namespace gatehouse::server {

class leadership {
  public:
    struct listener {
        std::function<void()> changed; ///< is_leader() or holder() may be another
        std::function<void(const std::string&)>
            lost; ///< why the Lease cannot be had; empty: it can
    };

    /// All but `lease` and `identity` outlive this.
    leadership(
        loop& runs_on,
        api_client& api,
        const clock& time,
        namespaced_name lease,
        std::string identity,
        listener told
    );
    leadership(const leadership&) = delete;
    leadership& operator=(const leadership&) = delete;

    /// False from the moment on at which others may begin to think so.
    [[nodiscard]] bool is_leader() const { return leads_until_ && time_.ticks() < *leads_until_; }
    [[nodiscard]] const std::string& holder() const noexcept { return candidate_.holder(); }
    [[nodiscard]] const std::string& identity() const noexcept { return candidate_.identity(); }

    /// Until step_down(), or until it is cancelled. In the end it gives back what it holds, in bounded time.
    [[nodiscard]] awaitable<void> run();
    /// Leads no more, from now on.
    void step_down();

  private:
    [[nodiscard]] awaitable<bool> try_once();
    [[nodiscard]] awaitable<bool> read(std::chrono::nanoseconds limit);
    [[nodiscard]] awaitable<void> give_back();
    void note(bool is_renewed, tick_time asked);
    void tell_changes();

    api_client& api_;
    const clock& time_;
    const kube_place place_;
    lease_candidate candidate_;
    listener told_;
    backoff delays_;
    steady_timer pause_;
    nlohmann::json lease_; ///< as it was read or written last; null: unknown
    std::optional<tick_time> leads_until_;
    bool told_leader_ = false;
    std::string told_holder_;
    /// A claim was sent, and what came of it does not say that another holds the Lease.
    bool may_hold_ = false;
    bool is_stepping_down_ = false;
};

/// POD_NAME of the environment, else the host's name; with a suffix by chance, as restarts keep the name.
[[nodiscard]] std::string candidate_identity(const environment& from);

} // namespace gatehouse::server
