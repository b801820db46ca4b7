#pragma once
// What /readyz looks at: whether there are policies, a certificate that holds, and no order to stop;
// with what came of the last reload. A failed reload alone does not make the server unready: the last
// good set judges on. Loop thread only.

#include "server/config_store.h"
#include "server/handlers/health.h"

#include <memory>
#include <string>
#include <vector>

namespace gatehouse::server {

class readiness {
  public:
    /// `time` outlives this.
    explicit readiness(const clock& time) : time_(time) {}

    /// Takes note of a load, good or bad.
    void note(const load_report& report);
    /// The certificate that is served, where it does not come with a load; null: none yet. `trouble` says why
    /// there is none, or no newer one; may be empty.
    void use_certificate(std::shared_ptr<const tls_context> tls, std::string trouble);
    void begin_drain() noexcept { is_draining_ = true; }

    [[nodiscard]] std::vector<health_check> checks() const;

  private:
    struct failure {
        wall_time when;
        std::vector<std::string> errors;
    };
    [[nodiscard]] health_check policies() const;
    [[nodiscard]] health_check certificate() const;
    [[nodiscard]] static std::string text_of(const failure& what);

    const clock& time_;
    std::shared_ptr<const config_snapshot> current_;
    failure policy_failure_;
    failure certificate_failure_;
    std::shared_ptr<const tls_context> tls_;
    std::string certificate_trouble_;
    bool is_draining_ = false;
};

} // namespace gatehouse::server
