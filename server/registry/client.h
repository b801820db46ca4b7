#pragma once
// The registry client: the evidence_store over HTTP. Drives conversations (resolve.h, collect.h) with the
// endpoints of a repository, mirrors first, over whatever carries exchanges. Loop thread only; coroutines
// that were started may outlive a change of settings, each keeps those it began with.

#include "server/http_exchange.h"
#include "server/registry/access_memory.h"
#include "server/registry/endpoint.h"
#include "server/registry/evidence_store.h"

#include <memory>

namespace gatehouse::server {

class registry_client final : public evidence_store {
  public:
    using settings = std::shared_ptr<const registry_settings>;

    /// Requires: `exchange` and `time` outlive this.
    registry_client(http_exchange& exchange, const clock& time, settings initial)
        : exchange_(exchange), time_(time), settings_(std::move(initial)) {}

    /// For what begins from now on.
    void use(settings next) {
        settings_ = std::move(next);
        memory_.forget_ways();
    }

    /// The first endpoint that knows the tag; else the failure of the registry itself.
    [[nodiscard]] awaitable<policy::fact<policy::digest>> resolve(
        policy::reference image,
        tick_time deadline
    ) override;

    /// Those of the first endpoint that has any. Mirrors seldom hold all signatures, so that one which has
    /// none, or cannot be had, leaves the question to the registry itself.
    [[nodiscard]] awaitable<policy::fact<std::vector<policy::signature_candidate>>> candidates(
        std::string repository,
        policy::digest image,
        tick_time deadline
    ) override;

    /// Of the first endpoint that has them; else the failure of the registry itself.
    [[nodiscard]] awaitable<policy::fact<std::vector<policy::platform_image>>> platforms(
        std::string repository,
        policy::digest image,
        tick_time deadline
    ) override;
    [[nodiscard]] awaitable<policy::fact<policy::account_files>> account_files(
        std::string repository,
        policy::digest manifest,
        tick_time deadline
    ) override;

  private:
    http_exchange& exchange_;
    const clock& time_;
    settings settings_;
    access_memory memory_;
};

} // namespace gatehouse::server
