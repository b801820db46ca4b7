// What the leader does, over and over: puts the registration right and takes the next step of a rotation.
#include "server/in_cluster.h"

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

/// The duties are looked at that often whatever happens, and so is whether this replica is ready.
constexpr std::chrono::seconds recheck{30};
constexpr std::chrono::milliseconds readiness_period{500};
/// From a probe's answer until the nodes know a new endpoint of the Service.
constexpr std::chrono::seconds spreading{3};
/// Whom nobody probes by then is not going to be probed.
constexpr std::chrono::seconds patience{20};
/// Whoever else writes what we write: no more than one write a second is ours.
constexpr std::chrono::seconds least_rest{1};

} // namespace

struct in_cluster::round {
    std::chrono::milliseconds pause = recheck;
    bool has_failed = false;  ///< it is to be tried again soon
    bool has_written = false; ///< or tried to
};

/// Ready, and where nobody is called yet: reachable as well. API servers that are told of a webhook before its
/// Service has an endpoint would deny, or let pass, what nobody judges.
bool in_cluster::may_register() {
    if (!owner_.is_ready()) {
        ready_since_.reset();
        return false;
    }
    const tick_time now = time_.ticks();
    ready_since_ = ready_since_.value_or(now);
    const auto told = owner_.told_ready();
    return !registrar_.is_unused() || (told && now - *told >= spreading)
           || now - *ready_since_ >= patience;
}

awaitable<void> in_cluster::tend_registration(round* now) {
    if (!registrar_.is_due()) {
        co_return;
    }
    if (!may_register()) {
        now->pause = std::min(now->pause, readiness_period);
        co_return;
    }
    now->has_written = true;
    auto done = co_await registrar_.put_right();
    if (!done.answer.is_null()) {
        configuration_.take_own(done.written_over, std::move(done.answer));
    } else if (done.was_outdated) {
        const bool is_known = co_await configuration_.look();
        has_news_ = true;
        now->has_failed = now->has_failed || !is_known;
    } else {
        now->has_failed = true;
    }
}

/// Shortens the pause where a step becomes due before it is over.
awaitable<void> in_cluster::tend_certificates(round* now) {
    if (!keeper_) {
        co_return;
    }
    auto done = co_await keeper_->tend(published_for());
    now->has_failed = done.has_failed;
    now->has_written = done.has_failed || done.was_outdated || !done.written.is_null();
    if (!done.written.is_null()) {
        secret_->take_own(done.written_over, std::move(done.written));
    } else if (done.was_outdated) {
        const bool is_known = co_await secret_->look();
        has_news_ = true;
        now->has_failed = !is_known;
    } else if (!done.has_failed && done.look_again > time_.now()) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(done.look_again - time_.now());
        now->pause = std::min(now->pause, left);
    }
}

awaitable<void> in_cluster::do_duties() {
    backoff delays;
    steady_timer rest(loop_);
    while (!is_stepping_down_) {
        has_news_ = false;
        round now;
        if (leadership_.is_leader()) {
            co_await tend_certificates(&now);
        }
        if (leadership_.is_leader()) {
            co_await tend_registration(&now);
        }
        if (now.has_written) {
            rest.expires_after(least_rest);
            co_await rest.async_wait(use_token);
        }
        if (now.has_failed) {
            now.pause = delays.next();
            has_news_ = false; // of what failed
        } else {
            delays.succeed();
        }
        if (!has_news_ && !is_stepping_down_) {
            woken_.expires_after(now.pause);
            co_await woken_.async_wait(use_token);
        }
    }
}

} // namespace gatehouse::server
