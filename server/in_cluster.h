#pragma once
// The in-cluster half of `gatehouse serve`: elects a leader among the replicas and has it keep the registration
// as it should be. Everything runs as coroutines on the loop; the API server away means only that what is
// known stands. Composed by app; loop thread only.

#include "server/cluster_figures.h"
#include "server/handlers/health.h"
#include "server/kube/leadership.h"
#include "server/kube/watch.h"
#include "server/log.h"
#include "server/registration/registrar.h"

#include <boost/asio/cancellation_signal.hpp>

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {

struct cluster_options {
    api_access api;
    namespaced_name lease;
    std::string identity;
    std::string configuration; ///< name of the ValidatingWebhookConfiguration
};

class in_cluster {
  public:
    /// `is_ready`: this replica could judge what it is sent. All but `options` outlive this.
    in_cluster(
        loop& runs_on,
        cpu_pool& files,
        const clock& time,
        log& told,
        cluster_options options,
        std::function<bool()> is_ready
    );
    in_cluster(const in_cluster&) = delete;
    in_cluster& operator=(const in_cluster&) = delete;

    void start();
    /// What the mounted files say, at first and after each reload.
    void use(std::shared_ptr<const rendered_registration> rendered, const std::string& bundle);
    /// A stop was asked for: gives the Lease back, so that another leads while this one drains.
    void step_down();
    /// Ends everything that start() began.
    [[nodiscard]] awaitable<void> stop();

    /// Rows of /readyz: they tell, and keep nobody from being ready.
    void add_checks(std::vector<health_check>& to) const;
    [[nodiscard]] cluster_figures figures() const;

  private:
    [[nodiscard]] awaitable<void> do_duties();
    [[nodiscard]] awaitable<bool> tend_registration();
    [[nodiscard]] object_watch::listener registration_listener();
    [[nodiscard]] leadership::listener leadership_listener();
    void begin(awaitable<void> work);
    void wake();
    void note_trouble(std::string& known, std::string_view what, const std::string& now);
    void tell_leadership();
    [[nodiscard]] std::string contact_text() const;

    loop& loop_;
    const clock& time_;
    log& log_;
    std::function<bool()> is_ready_;
    const std::string name_; ///< of the ValidatingWebhookConfiguration
    kube_counts counts_;
    api_client api_;
    registrar registrar_;
    leadership leadership_;
    object_watch configuration_;
    std::string lease_trouble_;
    std::string configuration_trouble_;
    bool was_leader_ = false;
    bool has_news_ = false;
    bool is_stepping_down_ = false;
    steady_timer woken_; ///< of the duties
    steady_timer released_;
    std::list<asio::cancellation_signal> signals_;
    std::size_t running_ = 0;
};

} // namespace gatehouse::server
