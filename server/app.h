#pragma once
// The composition root of `gatehouse serve`: builds the parts in order, starts them, stops them in
// reverse. Knows how they belong together and nothing of how they work. Lives on one thread, the loop's.

#include "server/byte_budget.h"
#include "server/config_store.h"
#include "server/config_watcher.h"
#include "server/fact_service.h"
#include "server/handlers/admission.h"
#include "server/in_cluster.h"
#include "server/listener.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/options.h"
#include "server/port_file.h"
#include "server/readiness.h"
#include "server/review_report.h"

#include <boost/asio/signal_set.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {

/// Exit statuses of interface 1.
enum class exit_status : int { stopped = 0, failed = 1, misconfigured = 2 };

struct start_failure {
    exit_status status = exit_status::failed;
    std::vector<std::string> errors; ///< a line each, for people
};

class app {
  public:
    /// `told` and `time` outlive this.
    app(serve_options options, log& told, const clock& time);
    app(const app&) = delete;
    app& operator=(const app&) = delete;
    ~app();

    /// Loads everything and listens; nothing where that went well.
    [[nodiscard]] std::optional<start_failure> start();

    /// Serves until a stop has been asked for and is done. Requires: start succeeded.
    [[nodiscard]] exit_status run();

    /// As SIGTERM does: drains and ends; asked again, ends at once. Any thread.
    void stop();
    /// As SIGHUP does: reads everything again. Any thread.
    void reload();

    [[nodiscard]] chosen_ports ports() const noexcept { return ports_; }

  private:
    [[nodiscard]] router webhook_routes();
    [[nodiscard]] router ops_routes();
    [[nodiscard]] std::unique_ptr<listener> make_webhook();
    [[nodiscard]] std::unique_ptr<listener> make_ops();
    [[nodiscard]] std::optional<start_failure> listen();
    void tell_start();
    [[nodiscard]] std::optional<start_failure> join_cluster();

    void take(const load_report& report);
    void serve(std::shared_ptr<const tls_context> tls);
    void serve_own_certificate();
    void tell_errors(const load_report& report);
    void wait_for_signal();
    void begin_stop();
    [[nodiscard]] asio::awaitable<void, executor> drain();
    [[nodiscard]] live_figures figures() const;
    [[nodiscard]] std::vector<health_check> own_checks();
    [[nodiscard]] std::vector<health_check> checks();
    [[nodiscard]] bool is_ready();

    const serve_options options_;
    log& log_;
    const clock& time_;

    config_store store_;
    readiness readiness_;
    metrics metrics_;
    byte_budget budget_;
    std::shared_ptr<const config_snapshot> current_;
    std::shared_ptr<const tls_context> serving_; ///< null until there is one
    review_report report_;
    fact_service facts_;
    loop& loop_; ///< of facts_
    asio::basic_signal_set<executor> signals_;
    admission admission_;
    std::unique_ptr<listener> webhook_;
    std::unique_ptr<listener> ops_;
    std::unique_ptr<config_watcher> watcher_;
    std::unique_ptr<in_cluster> cluster_; ///< null outside a cluster
    std::optional<tick_time> told_ready_; ///< since when /readyz answers so
    chosen_ports ports_;
    bool is_stopping_ = false;
    exit_status status_ = exit_status::stopped;
};

} // namespace gatehouse::server
