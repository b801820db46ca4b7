#pragma once
// From the answers of a registry to the verdict, in memory and as often as a test likes: the registry client,
// the fact cache with real verification and decide(), over a scripted registry. The tests break its answers.

#include "policy/decide.h"
#include "server/cpu_pool.h"
#include "server/registry/endpoint.h"
#include "tests/support/judging.h"
#include "tests/support/scripted_registry.h"

#include <cstddef>
#include <limits>
#include <memory>
#include <string>

namespace gatehouse::testing_support {

/// Lays a repository of tests/data/signatures out below `base` as registries without the referrers API
/// serve it: tags, manifests and blobs.
void serve_fixture(
    scripted_registry& on,
    const std::string& repository,
    const std::string& base = "https://registry.example/v2"
);

class evidence_replay {
  public:
    /// How a conversation ends that comes to silent_from.
    enum class silence {
        out_of_time, ///< the review's time passes
        stopped,     ///< the server stops, which cancels what is under way
    };
    /// What becomes of a pod with the image under two policies that want the signature of a key of
    /// cosign2-p256 and cosign3-p256, or of signing.h's shared P-256.
    struct verdicts {
        policy::verdict denying; ///< onRegistryUnavailable: Deny
        policy::verdict warning; ///< onRegistryUnavailable: Warn
    };

    /// registry.example is a listed host.
    explicit evidence_replay(std::string image);

    /// The whole way, with nothing known before.
    [[nodiscard]] verdicts judge();

    scripted_registry registry;
    server::registry_settings settings;
    /// This exchange (from 0) and all behind it are never answered.
    std::size_t silent_from = std::numeric_limits<std::size_t>::max();
    silence ends = silence::out_of_time;

  private:
    [[nodiscard]] policy::evidence look_up(std::vector<policy::image_want> wants);

    judged_request request_;
    policy::policy_set denying_;
    policy::policy_set warning_;
    server::loop runs_{1};
    server::cpu_pool pool_{runs_, 1};
};

} // namespace gatehouse::testing_support
