#pragma once
// The in-cluster half of `gatehouse serve`: elects a leader among the replicas and has it keep the registration
// as it should be. Everything runs as coroutines on the loop; the API server away means only that what is
// known stands. Composed by app; loop thread only.

#include "server/certificates/keeper.h"
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
    /// The Secret of Gatehouse's own certificates; nothing where they come from files.
    std::optional<namespaced_name> secret = {};
    rotation_settings rotation = {};
};

class in_cluster {
  public:
    struct owner {
        std::function<bool()> is_ready; ///< this replica could judge what it is sent
        /// Since when probes are told that it is ready; nothing where none was.
        std::function<std::optional<tick_time>()> told_ready;
        std::function<void()> certificate_changed; ///< certificates() are others
        std::function<void()> certificate_refused; ///< the Secret's are others, and make no sense
    };

    /// All but `options` outlive this.
    in_cluster(
        loop& runs_on,
        cpu_pool& files,
        const clock& time,
        log& told,
        cluster_options options,
        owner told_back
    );
    in_cluster(const in_cluster&) = delete;
    in_cluster& operator=(const in_cluster&) = delete;

    void start();
    /// What the mounted files say, at first and after each reload.
    void use(std::shared_ptr<const rendered_registration> rendered, const std::string& bundle);
    /// Gatehouse's own certificates; null where they come from files.
    [[nodiscard]] const certificate_keeper* certificates() const { return keeper_.get(); }
    /// A stop was asked for: gives the Lease back, so that another leads while this one drains.
    void step_down();
    /// Ends everything that start() began.
    [[nodiscard]] awaitable<void> stop();

    /// Rows of /readyz: they tell, and keep nobody from being ready.
    void add_checks(std::vector<health_check>& to) const;
    [[nodiscard]] cluster_figures figures() const;

  private:
    using work = std::function<awaitable<void>()>;
    /// What came of doing the duties once.
    struct round;

    [[nodiscard]] awaitable<void> do_duties();
    [[nodiscard]] awaitable<void> tend_registration(round* now);
    [[nodiscard]] awaitable<void> tend_certificates(round* now);
    [[nodiscard]] object_watch::listener secret_listener();
    [[nodiscard]] std::optional<std::chrono::nanoseconds> published_for() const;
    void look_whether_published();
    [[nodiscard]] bool may_register();
    void take_secret(const nlohmann::json& object);
    void want();
    [[nodiscard]] object_watch::listener registration_listener();
    [[nodiscard]] leadership::listener leadership_listener();
    void begin(work what);
    [[nodiscard]] awaitable<void> keep_up(work what);
    void wake();
    void note_trouble(std::string& known, std::string_view what, const std::string& now);
    void tell_leadership();
    [[nodiscard]] std::string contact_text() const;

    loop& loop_;
    const clock& time_;
    log& log_;
    owner owner_;
    const std::string name_; ///< of the ValidatingWebhookConfiguration
    kube_counts counts_;
    api_client api_;
    registrar registrar_;
    leadership leadership_;
    object_watch configuration_;
    std::unique_ptr<certificate_keeper> keeper_;
    std::unique_ptr<object_watch> secret_; ///< null with keeper_
    std::shared_ptr<const rendered_registration> rendered_;
    std::string file_bundle_;
    std::string published_bundle_;             ///< which the API server was seen to have whole
    std::optional<tick_time> published_since_; ///< nothing: it has not
    std::optional<tick_time> ready_since_;
    std::string lease_trouble_;
    std::string configuration_trouble_;
    std::string secret_trouble_;
    bool was_leader_ = false;
    bool has_news_ = false;
    bool is_stepping_down_ = false;
    bool is_ending_ = false; ///< what is cut off now is no trouble
    steady_timer woken_;     ///< of the duties
    steady_timer ended_;     ///< one of what start() began has ended
    std::list<asio::cancellation_signal> signals_;
    std::size_t running_ = 0;
};

} // namespace gatehouse::server
