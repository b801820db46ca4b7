#pragma once
// The way to registries, composed: the HTTP client, counted, under the registry client, with the directory
// of signatures beside it where there is one. Lives on the loop thread as long as the server; a reload
// gives it new settings.

#include "server/cpu_pool.h"
#include "server/http_client.h"
#include "server/registry/client.h"
#include "server/registry/evidence_store.h"
#include "server/registry_counts.h"
#include "server/registry_state.h"

#include <memory>

namespace gatehouse::server {

class registry_access {
  public:
    /// All outlive this.
    registry_access(loop& runs_on, cpu_pool& files, registry_counts& counts, const clock& time);
    registry_access(const registry_access&) = delete;
    registry_access& operator=(const registry_access&) = delete;

    /// From now on. What began before ends with the settings it began with.
    void use(const registry_state& state);

    /// Never null after use().
    [[nodiscard]] const std::shared_ptr<evidence_store>& store() const noexcept { return store_; }

  private:
    cpu_pool& files_;
    registry_counts& counts_;
    http_client client_;
    counted_exchange counted_;
    std::shared_ptr<registry_client> registries_;
    std::shared_ptr<evidence_store> store_;
};

} // namespace gatehouse::server
