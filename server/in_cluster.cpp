#include "server/in_cluster.h"

#include "server/time_text.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

/// The duties are looked at that often whatever happens, and so is whether this replica is ready.
constexpr std::chrono::seconds recheck{30};
constexpr std::chrono::milliseconds readiness_period{500};

object_place configuration_place(std::string name) {
    return {kube_resource::validating_webhook_configurations, {}, std::move(name)};
}

} // namespace

in_cluster::in_cluster(
    loop& runs_on,
    cpu_pool& files,
    const clock& time,
    log& told,
    cluster_options options,
    std::function<bool()> is_ready
)
    : loop_(runs_on),
      time_(time),
      log_(told),
      is_ready_(std::move(is_ready)),
      name_(options.configuration),
      api_(runs_on, files, time, counts_, std::move(options.api)),
      registrar_(api_, told),
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
      released_(runs_on) {}

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

object_watch::listener in_cluster::registration_listener() {
    return {
        .changed =
            [this](nlohmann::json object) {
                registrar_.see(std::move(object));
                wake();
            },
        .lost = [this](const std::string& why
                ) { note_trouble(configuration_trouble_, "registration", why); },
    };
}

/// Told once until it is another or over.
void in_cluster::note_trouble(std::string& known, std::string_view what, const std::string& now) {
    if (known == now) {
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

void in_cluster::begin(awaitable<void> work) {
    asio::cancellation_signal& stop = signals_.emplace_back();
    ++running_;
    auto ended = [this](const std::exception_ptr& fault) {
        --running_;
        if (fault && !is_stepping_down_) {
            try {
                std::rethrow_exception(fault);
            } catch (const std::exception& error) {
                log_.write(log_level::error, "cluster_fault", {{"error", error.what()}});
            }
            step_down(); // another does what this one cannot
        }
        released_.cancel();
    };
    asio::co_spawn(
        loop_, std::move(work), asio::bind_cancellation_slot(stop.slot(), std::move(ended))
    );
}

void in_cluster::start() {
    begin(leadership_.run());
    begin(configuration_.run());
    begin(do_duties());
}

void in_cluster::use(
    std::shared_ptr<const rendered_registration> rendered,
    const std::string& bundle
) {
    if (rendered && rendered->name != name_) {
        log_.write(
            log_level::error,
            "registration_renamed",
            {{"configuration", rendered->name}, {"kept", name_}, {"advice", "restart the server"}}
        );
        return;
    }
    registrar_.want(std::move(rendered), bundle);
    wake();
}

void in_cluster::wake() {
    has_news_ = true;
    woken_.cancel();
}

/// False where it is to be tried again soon.
awaitable<bool> in_cluster::tend_registration() {
    if (!registrar_.is_due()) {
        co_return true;
    }
    if (!is_ready_()) {
        co_return false;
    }
    const auto done = co_await registrar_.put_right();
    co_return done.has_value();
}

awaitable<void> in_cluster::do_duties() {
    backoff delays;
    while (!is_stepping_down_) {
        has_news_ = false;
        std::chrono::milliseconds pause = recheck;
        if (leadership_.is_leader()) {
            const bool waits_for_readiness = registrar_.is_due() && !is_ready_();
            const bool is_done = co_await tend_registration();
            if (waits_for_readiness) {
                pause = readiness_period;
            } else if (is_done) {
                delays.succeed();
            } else {
                pause = delays.next();
                has_news_ = false; // of what failed
            }
        }
        if (!has_news_) {
            woken_.expires_after(pause);
            co_await woken_.async_wait(use_token);
        }
    }
}

void in_cluster::step_down() {
    if (!std::exchange(is_stepping_down_, true)) {
        wake();
        begin(leadership_.release());
    }
}

awaitable<void> in_cluster::stop() {
    step_down();
    // What gives the Lease back was begun last, and has limits of its own.
    for (auto one = signals_.begin(); one != std::prev(signals_.end()); ++one) {
        one->emit(asio::cancellation_type::terminal);
    }
    while (running_ > 0) {
        released_.expires_at(steady_timer::time_point::max());
        co_await released_.async_wait(use_token);
    }
}

std::string in_cluster::contact_text() const {
    const auto last = counts_.last_contact();
    std::string text = last ? "last answer at " + utc_text(*last) : "no answer yet";
    text += leadership_.is_leader()        ? "; this replica leads"
            : leadership_.holder().empty() ? "; no replica leads"
                                           : "; the leader is " + leadership_.holder();
    for (const std::string* trouble : {&lease_trouble_, &configuration_trouble_}) {
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
    return {
        .requests = &counts_,
        .is_leader = leadership_.is_leader(),
        .applied = registrar_.applies(true),
        .not_applied = registrar_.applies(false),
    };
}

} // namespace gatehouse::server
