#include "server/app.h"

#include "policy/text.h"
#include "server/handlers/health.h"
#include "server/handlers/metrics.h"
#include "server/plain_stream.h"
#include "server/process_setup.h"
#include "server/time_text.h"
#include "server/tls_stream.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace gatehouse::server {
namespace {

// Probes and a few scrapers; they are not to take connections from the webhook.
constexpr std::size_t most_ops_connections = 64;
constexpr std::size_t most_webhook_connections = 4096;
// Files, timers, the loop's own, answers to probes, and connections to registries.
constexpr std::size_t other_descriptors =
    64 + most_ops_connections + exchange_bounds.in_all + http_client::most_idle_connections;
constexpr std::chrono::seconds ops_goodbye{1};
constexpr std::size_t most_told_errors = 20;

std::size_t connections_within(std::size_t descriptors) {
    if (descriptors <= 2 * other_descriptors) {
        return descriptors / 2;
    }
    return std::min(most_webhook_connections, descriptors - other_descriptors);
}

std::string text_of(const tcp::endpoint& where, std::uint16_t port) {
    const std::string host = where.address().to_string();
    return fmt::format(fmt::runtime(where.address().is_v6() ? "[{}]:{}" : "{}:{}"), host, port);
}

} // namespace

app::app(serve_options options, log& told, const clock& time)
    : options_(std::move(options)),
      log_(told),
      time_(time),
      store_(
          {options_.policies,
           options_.tls,
           options_.client_ca,
           options_.configuration,
           options_.registration,
           options_.certificate_secret.has_value(),
           options_.ca_bundle},
          time
      ),
      readiness_(time),
      metrics_(GATEHOUSE_VERSION),
      report_(metrics_, told),
      facts_(
          metrics_.registries(),
          time,
          [this](std::string_view what) {
              log_.write(log_level::error, "lookup_fault", {{"error", what}});
          }
      ),
      loop_(facts_.runs_on()),
      signals_(loop_.get_executor(), SIGTERM, SIGINT, SIGHUP),
      admission_(
          {loop_, facts_.pool(), budget_, time, report_},
          [this] { return current_->policies; },
          [this](const std::vector<policy::image_want>& wants, tick_time deadline) {
              return facts_.cache().ask(wants, deadline);
          }
      ) {}

app::~app() { facts_.end_all(); }

router app::webhook_routes() {
    auto judge = [this](const request_view& request) { return admission_.answer(request); };
    return router({{"/validate", http_method::post, judge}});
}

router app::ops_routes() {
    auto ready = health_handler("/readyz", [this] { return checks(); });
    auto alive = health_handler("/livez", [] { return std::vector<health_check>(); });
    auto counted = metrics_handler(metrics_, [this] { return figures(); });
    return router(
        {{"/livez", http_method::get, std::move(alive)},
         {"/readyz", http_method::get, std::move(ready)},
         {"/metrics", http_method::get, std::move(counted)}}
    );
}

std::unique_ptr<listener> app::make_webhook() {
    listener_options how;
    how.address = options_.listen;
    how.most_connections = connections_within(descriptor_limit());
    return std::make_unique<listener>(
        loop_,
        how,
        webhook_routes(),
        budget_,
        [this](tcp_socket socket) {
            return serving_ ? tls_stream::make(std::move(socket), *serving_) : nullptr;
        },
        [this](std::string_view what) {
            log_.write(log_level::error, "connection_fault", {{"error", what}});
        }
    );
}

std::unique_ptr<listener> app::make_ops() {
    listener_options how;
    how.address = options_.ops_listen;
    how.most_connections = most_ops_connections;
    return std::make_unique<listener>(
        loop_,
        how,
        ops_routes(),
        budget_,
        [](tcp_socket socket) { return std::make_unique<plain_stream>(std::move(socket)); },
        [this](std::string_view what) {
            log_.write(log_level::error, "ops_connection_fault", {{"error", what}});
        }
    );
}

std::optional<start_failure> app::listen() {
    webhook_ = make_webhook();
    ops_ = make_ops();
    start_failure failure;
    const auto webhook_port = webhook_->open();
    const auto ops_port = ops_->open();
    for (const auto* port : {&webhook_port, &ops_port}) {
        if (!*port) {
            failure.errors.push_back(port->error().detail());
        }
    }
    if (failure.errors.empty()) {
        ports_ = {webhook_port.value(), ops_port.value()};
        webhook_->start();
        ops_->start();
        if (!options_.port_file.empty()) {
            const auto written = write_port_file(options_.port_file, ports_);
            if (!written) {
                failure.errors.push_back(written.error().detail());
            }
        }
    }
    return failure.errors.empty() ? std::nullopt : std::optional(std::move(failure));
}

std::optional<start_failure> app::start() {
    wait_for_signal();
    const load_report loaded = store_.load();
    if (!loaded.made) {
        start_failure failure{exit_status::misconfigured, loaded.policy_errors};
        const auto& more = loaded.certificate_errors;
        failure.errors.insert(failure.errors.end(), more.begin(), more.end());
        return failure;
    }
    take(loaded);
    auto failure = join_cluster();
    if (!failure) {
        failure = listen();
    }
    if (!failure) {
        tell_start();
        if (cluster_) {
            cluster_->start();
        }
        watcher_ = std::make_unique<config_watcher>(store_, [this](load_report report) {
            asio::post(loop_, [this, report = std::move(report)] { take(report); });
        });
    }
    return failure;
}

void app::tell_start() {
    if (!options_.tls && !options_.certificate_secret) {
        log_.write(
            log_level::warn,
            "self_signed_certificate",
            {{"certificate", "self-signed, made at this start, for localhost only"},
             {"advice", "no API server trusts it: give --tls-cert and --tls-key"}}
        );
    }
    log_.write(
        log_level::info,
        "listening",
        {{"version", GATEHOUSE_VERSION},
         {"webhook", text_of(options_.listen, ports_.webhook)},
         {"ops", text_of(options_.ops_listen, ports_.ops)}}
    );
}

void app::tell_errors(const load_report& report) {
    for (const auto* errors : {&report.policy_errors, &report.certificate_errors}) {
        const std::size_t told = std::min(errors->size(), most_told_errors);
        const bool is_policy = errors == &report.policy_errors;
        for (std::size_t i = 0; i < told; ++i) {
            log_.write(
                log_level::error,
                is_policy ? "policy_error" : "certificate_error",
                {{"error", (*errors)[i]}}
            );
        }
    }
    log_.write(
        log_level::error,
        "reload_failed",
        {{"policy_errors", static_cast<std::int64_t>(report.policy_errors.size())},
         {"certificate_errors", static_cast<std::int64_t>(report.certificate_errors.size())},
         {"kept", "the last good set"}}
    );
}

/// At start and at every reload, on the loop thread.
void app::take(const load_report& report) {
    readiness_.note(report);
    for (const std::string& warning : report.warnings) {
        log_.write(log_level::warn, "policy_warning", {{"warning", warning}});
    }
    if (!report.made) {
        if (!report.policy_errors.empty()) {
            metrics_.count_policy_load(load_result::error);
        }
        if (!report.certificate_errors.empty()) {
            metrics_.count_certificate_load(load_result::error);
        }
        tell_errors(report);
        return;
    }
    facts_.use(report.made->registries);
    current_ = report.made;
    metrics_.count_policy_load(load_result::success);
    metrics_.use_policies(*current_->policies, current_->loaded);
    if (current_->tls) {
        metrics_.count_certificate_load(load_result::success);
        serve(current_->tls);
    }
    if (cluster_) {
        cluster_->use(current_->registration, current_->ca_bundle);
        serve_own_certificate(); // the CA of callers may be another
    }
    const std::string ends = serving_ ? utc_text(serving_->not_after()) : "none yet";
    log_.write(
        log_level::info,
        "loaded",
        {{"policies", static_cast<std::int64_t>(current_->policies->all().size())},
         {"certificate_ends", ends}}
    );
}

/// New connections get it; those that are open go on.
void app::serve(std::shared_ptr<const tls_context> tls) {
    serving_ = std::move(tls);
    metrics_.use_certificate(serving_->not_after());
}

void app::wait_for_signal() {
    signals_.async_wait([this](const error_code& failure, int number) {
        if (failure) {
            return;
        }
        if (number == SIGHUP) {
            reload();
        } else {
            begin_stop();
        }
        wait_for_signal();
    });
}

void app::reload() {
    asio::post(loop_, [this] {
        if (watcher_) {
            watcher_->load_now();
        }
    });
}

void app::stop() {
    asio::post(loop_, [this] { begin_stop(); });
}

void app::begin_stop() {
    if (is_stopping_) {
        log_.write(log_level::warn, "stopped_at_once", {});
        status_ = exit_status::failed;
        loop_.stop();
        return;
    }
    is_stopping_ = true;
    readiness_.begin_drain();
    if (cluster_) {
        cluster_->step_down();
    }
    log_.write(
        log_level::info,
        "stopping",
        {{"connections", static_cast<std::int64_t>(webhook_->connections().size())},
         {"drain_seconds", std::chrono::duration<double>(options_.drain_delay).count()}}
    );
    asio::co_spawn(loop_, drain(), asio::detached);
}

awaitable<void> app::drain() {
    // The time for connections to end begins when the delay is over.
    const auto delay = options_.drain_delay;
    co_await webhook_->drain(delay, delay + options_.shutdown_timeout);
    co_await ops_->drain(steady::duration::zero(), ops_goodbye);
    watcher_.reset();
    if (cluster_) {
        co_await cluster_->stop();
    }
    facts_.cache().stop();
    signals_.cancel();
    log_.write(log_level::info, "stopped", {});
}

exit_status app::run() {
    loop_.run();
    return status_;
}

live_figures app::figures() const {
    const session_tracker& all = webhook_->connections();
    return {
        .connections = all.size(),
        .inflight_requests = all.count(stage::receiving) + all.count(stage::answering),
        .inflight_bytes = budget_.in_flight(),
        .shed_requests = budget_.shed_requests(),
        .log_lines_dropped = log_.dropped(),
        .facts = facts_.cache().figures(),
        .process = read_process_figures(),
        .cluster = cluster_ ? std::optional(cluster_->figures()) : std::nullopt,
    };
}

} // namespace gatehouse::server
