#include "server/in_cluster.h"

#include "policy/text.h"
#include "server/time_text.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

/// Of another's name for itself.
constexpr std::size_t longest_holder = 256;

kube_place configuration_place(std::string name) {
    return {kube_resource::validating_webhook_configurations, {}, std::move(name)};
}

/// A replica whose watch is stalled has read the Secret anew well before the leader goes on to the next phase, in
/// which the authority of what it serves may be gone.
watch_pace secret_pace(std::chrono::nanoseconds settle) {
    const auto longest = std::clamp(
        std::chrono::floor<std::chrono::seconds>(settle / 2),
        std::chrono::seconds(1),
        watch_pace().longest
    );
    const auto shortest = std::max(std::chrono::seconds(1), longest * 4 / 5);
    return {shortest, longest, std::chrono::seconds(0)};
}

} // namespace

in_cluster::in_cluster(
    loop& runs_on,
    cpu_pool& files,
    const clock& time,
    log& told,
    cluster_options options,
    owner told_back
)
    : loop_(runs_on),
      time_(time),
      log_(told),
      owner_(std::move(told_back)),
      name_(options.configuration),
      api_(runs_on, files, time, counts_, std::move(options.api)),
      registrar_(api_, told, [this] { return leadership_.is_leader(); }),
      leadership_(
          runs_on,
          api_,
          time,
          std::move(options.lease),
          std::move(options.identity),
          leadership_listener()
      ),
      configuration_(
          runs_on,
          api_,
          time,
          counts_,
          configuration_place(std::move(options.configuration)),
          registration_listener()
      ),
      woken_(runs_on),
      ended_(runs_on) {
    if (options.secret) {
        const kube_place place{
            kube_resource::secrets,
            std::move(options.secret->space),
            std::move(options.secret->name)};
        const watch_pace pace = secret_pace(options.rotation.settle);
        keeper_ = std::make_unique<certificate_keeper>(
            api_, time, told, place, std::move(options.rotation)
        );
        secret_ = std::make_unique<object_watch>(
            runs_on, api_, time, counts_, place, secret_listener(), pace
        );
    }
}

leadership::listener in_cluster::leadership_listener() {
    return {
        .changed =
            [this] {
                tell_leadership();
                wake();
            },
        .lost = [this](const std::string& why) { note_trouble(lease_trouble_, "lease", why); },
    };
}

object_watch::listener in_cluster::secret_listener() {
    return {
        .changed =
            [this](const nlohmann::json& object) {
                take_secret(object);
                wake();
            },
        .lost = [this](const std::string& why) { note_trouble(secret_trouble_, "secret", why); },
    };
}

void in_cluster::take_secret(const nlohmann::json& object) {
    const secret_contents* known = keeper_->in_force();
    const std::string before = known == nullptr ? std::string() : known->leaf;
    const bool was_refused = keeper_->is_refused();
    const bool is_new = keeper_->see(object);
    if (is_new) {
        want();
    }
    if (keeper_->is_refused()) {
        owner_.certificate_refused();
    } else if ((was_refused && keeper_->makes_sense()) || (is_new && keeper_->in_force()->leaf != before)) {
        owner_.certificate_changed();
    }
}

object_watch::listener in_cluster::registration_listener() {
    return {
        .changed =
            [this](nlohmann::json object) {
                registrar_.see(std::move(object));
                look_whether_published();
                wake();
            },
        .lost = [this](const std::string& why
                ) { note_trouble(configuration_trouble_, "registration", why); },
    };
}

/// Told once until it is another or over.
void in_cluster::note_trouble(std::string& known, std::string_view what, const std::string& now) {
    if (known == now || is_ending_) {
        return;
    }
    known = now;
    if (now.empty()) {
        log_.write(log_level::info, "kubernetes_back", {{"about", what}});
    } else {
        log_.write(log_level::warn, "kubernetes_error", {{"about", what}, {"error", now}});
    }
}

void in_cluster::tell_leadership() {
    const bool leads = leadership_.is_leader();
    if (std::exchange(was_leader_, leads) != leads) {
        log_.write(
            log_level::info,
            leads ? "leading" : "not_leading",
            {{"identity", leadership_.identity()}, {"holder", leadership_.holder()}}
        );
    }
}

void in_cluster::begin(work what) {
    asio::cancellation_signal& stop = signals_.emplace_back();
    ++running_;
    auto ended = [this](const std::exception_ptr&) {
        --running_;
        ended_.cancel();
    };
    asio::co_spawn(
        loop_, keep_up(std::move(what)), asio::bind_cancellation_slot(stop.slot(), std::move(ended))
    );
}

/// A fault, which is a bug, or memory that was not to be had: told, and begun anew.
awaitable<void> in_cluster::keep_up(work what) {
    backoff delays;
    steady_timer pause(loop_);
    while (!is_ending_) {
        std::string fault;
        try {
            co_await what();
            co_return;
        } catch (const std::exception& error) {
            fault = error.what();
        }
        if (!is_ending_) { // else it was cut off
            log_.write(log_level::error, "cluster_fault", {{"error", fault}});
            pause.expires_after(delays.next());
            co_await pause.async_wait(use_token);
        }
    }
}

void in_cluster::start() {
    begin([this] { return leadership_.run(); });
    begin([this] { return configuration_.run(); });
    if (secret_) {
        begin([this] { return secret_->run(); });
    }
    begin([this] { return do_duties(); });
}

void in_cluster::use(
    std::shared_ptr<const rendered_registration> rendered,
    const std::string& bundle
) {
    if (rendered && rendered->name != name_) {
        // What is said of the object of that name stands; its caBundle follows the file all the same.
        log_.write(
            log_level::error,
            "registration_renamed",
            {{"configuration", rendered->name}, {"kept", name_}, {"advice", "restart the server"}}
        );
    } else {
        rendered_ = std::move(rendered);
    }
    file_bundle_ = bundle;
    want();
    wake();
}

void in_cluster::want() {
    const secret_contents* own = keeper_ ? keeper_->in_force() : nullptr;
    registrar_.want(rendered_, own != nullptr ? own->bundle : file_bundle_);
    look_whether_published();
}

/// Since when the API server has had the bundle in force, which a rotation waits for.
void in_cluster::look_whether_published() {
    const secret_contents* own = keeper_ ? keeper_->in_force() : nullptr;
    const bool is_published =
        own != nullptr
        && (registrar_.is_unused() || registrar_.live_bundle() == std::optional(own->bundle));
    if (!is_published) {
        published_since_.reset();
    } else if (!published_since_ || published_bundle_ != own->bundle) {
        published_since_ = time_.ticks();
        published_bundle_ = own->bundle;
    }
}

std::optional<std::chrono::nanoseconds> in_cluster::published_for() const {
    return published_since_
               ? std::optional<std::chrono::nanoseconds>(time_.ticks() - *published_since_)
               : std::nullopt;
}

void in_cluster::wake() {
    has_news_ = true;
    woken_.cancel();
}

void in_cluster::step_down() {
    if (!std::exchange(is_stepping_down_, true)) {
        leadership_.step_down();
        wake();
    }
}

awaitable<void> in_cluster::stop() {
    step_down();
    is_ending_ = true;
    // What was begun first gives the Lease back, and ends by itself.
    bool is_first = true;
    for (asio::cancellation_signal& one : signals_) {
        if (!std::exchange(is_first, false)) {
            one.emit(asio::cancellation_type::terminal);
        }
    }
    while (running_ > 0) {
        ended_.expires_at(steady_timer::time_point::max());
        co_await ended_.async_wait(use_token);
    }
}

std::string in_cluster::contact_text() const {
    const auto last = counts_.last_contact();
    std::string text = last ? "last answer at " + utc_text(*last) : "no answer yet";
    text += leadership_.is_leader() ? "; this replica leads"
            : leadership_.holder().empty()
                ? "; no replica leads"
                : "; the leader is " + policy::printable(leadership_.holder(), longest_holder);
    for (const std::string* trouble :
         {&lease_trouble_, &configuration_trouble_, &secret_trouble_}) {
        if (!trouble->empty()) {
            text += "\n" + *trouble;
        }
    }
    return text;
}

void in_cluster::add_checks(std::vector<health_check>& to) const {
    to.push_back({"kubernetes", true, contact_text()});
    to.push_back({"registration", true, registrar_.text()});
}

cluster_figures in_cluster::figures() const {
    cluster_figures out;
    out.requests = &counts_;
    out.is_leader = leadership_.is_leader();
    out.applied = registrar_.applies(true);
    out.not_applied = registrar_.applies(false);
    if (keeper_) {
        auto& steps = out.rotations.emplace();
        for (std::size_t i = 0; i < rotation_action_count; ++i) {
            steps[i] = keeper_->steps(static_cast<rotation_action>(i));
        }
        out.authority_end = keeper_->authority_end();
    }
    return out;
}

} // namespace gatehouse::server
