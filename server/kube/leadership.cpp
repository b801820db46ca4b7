#include "server/kube/leadership.h"

#include "policy/text.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <random>
#include <utility>

namespace gatehouse::server {
namespace {

constexpr unsigned not_found = 404;
constexpr unsigned conflict = 409;
/// One question must leave time for another before the deadline to renew.
constexpr std::chrono::seconds question_limit{4};

} // namespace

leadership::leadership(
    loop& runs_on,
    api_client& api,
    const clock& time,
    namespaced_name lease,
    std::string identity,
    listener told
)
    : api_(api),
      time_(time),
      place_{kube_resource::leases, std::move(lease.space), std::move(lease.name)},
      candidate_(std::move(identity)),
      told_(std::move(told)),
      pause_(runs_on) {}

/// True where the Lease is known, be it that there is none yet.
awaitable<bool> leadership::read(std::chrono::nanoseconds limit) {
    auto found = co_await api_.get(place_, limit);
    if (const auto* failure = std::get_if<api_failure>(&found)) {
        if (failure->status != not_found) {
            told_.lost(failure->text);
            co_return false;
        }
        // An API server makes a Lease that is updated and not there, if we may create it.
        found = nlohmann::json{{"metadata", {{"name", place_.name}, {"namespace", place_.space}}}};
    }
    lease_ = std::move(std::get<nlohmann::json>(found));
    candidate_.observe(lease_, time_.ticks());
    may_hold_ = may_hold_ && candidate_.holder() == candidate_.identity();
    co_return true;
}

/// True where this replica holds the Lease, renewed just now.
awaitable<bool> leadership::try_once() {
    // A leader knows the Lease that it wrote; nobody else has reason to touch it.
    if (!is_leader() || lease_.is_null()) {
        const bool is_known = co_await read(question_limit);
        if (!is_known) {
            co_return false;
        }
    }
    if (is_stepping_down_ || !candidate_.may_claim(time_.ticks())) {
        told_.lost({});
        co_return false;
    }
    may_hold_ = true;
    auto written =
        co_await api_.update(place_, candidate_.claim(lease_, time_.now()), question_limit);
    if (const auto* failure = std::get_if<api_failure>(&written)) {
        lease_ = nullptr;
        // Another was quicker: that is what elections are.
        told_.lost(failure->status == conflict ? std::string() : failure->text);
        co_return false;
    }
    lease_ = std::move(std::get<nlohmann::json>(written));
    candidate_.observe(lease_, time_.ticks());
    told_.lost({});
    may_hold_ = candidate_.holder() == candidate_.identity();
    co_return may_hold_;
}

void leadership::note(bool is_renewed, tick_time asked) {
    if (is_renewed && !is_stepping_down_) {
        // From before the question: others count from when the answer was made.
        leads_until_ = asked + lease_renew_deadline;
    } else if (!candidate_.holder().empty() && candidate_.holder() != candidate_.identity()) {
        leads_until_.reset();
    }
    tell_changes();
}

void leadership::tell_changes() {
    const bool leads = is_leader();
    if (leads != told_leader_ || holder() != told_holder_) {
        told_leader_ = leads;
        told_holder_ = holder();
        told_.changed();
    }
}

awaitable<void> leadership::run() {
    while (!is_stepping_down_) {
        const tick_time asked = time_.ticks();
        const bool is_renewed = co_await try_once();
        note(is_renewed, asked);
        if (is_stepping_down_) {
            break;
        }
        pause_.expires_after(
            is_leader() ? std::chrono::milliseconds(lease_retry_period)
                        : delays_.spread(lease_retry_period, lease_retry_period * 2)
        );
        co_await pause_.async_wait(use_token);
        tell_changes();
    }
    co_await give_back();
}

void leadership::step_down() {
    is_stepping_down_ = true;
    leads_until_.reset();
    tell_changes();
    pause_.cancel();
}

awaitable<void> leadership::give_back() {
    constexpr std::chrono::seconds limit{1};
    for (int attempt = 0; attempt < 3 && may_hold_; ++attempt) {
        bool is_known = !lease_.is_null();
        if (!is_known) {
            is_known = co_await read(limit);
        }
        if (!is_known || !may_hold_) {
            continue;
        }
        auto freed = candidate_.release(lease_, time_.now());
        auto written = co_await api_.update(place_, std::move(freed), limit);
        lease_ = nullptr;
        if (std::holds_alternative<nlohmann::json>(written)) {
            candidate_.observe(std::get<nlohmann::json>(written), time_.ticks());
            may_hold_ = false;
            tell_changes();
        }
    }
}

std::string candidate_identity(const environment& from) {
    std::string name = from("POD_NAME").value_or(std::string());
    if (name.empty()) {
        std::array<char, 256> host{};
        name = gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "gatehouse";
    }
    std::random_device chance;
    return fmt::format("{}_{:08x}{:08x}", policy::printable(name, 200), chance(), chance());
}

} // namespace gatehouse::server
