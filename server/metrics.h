#pragma once
// What the server has counted. Counting a review costs nanoseconds: fixed arrays for what interface 4.3
// bounds, a slot a policy for its violations. Series of policies that are no longer loaded are forgotten,
// so no label set grows. Loop thread only.

#include "policy/policy_set.h"
#include "server/admission/judge.h"
#include "server/clock.h"
#include "server/cluster_figures.h"
#include "server/fact_figures.h"
#include "server/histogram.h"
#include "server/process_figures.h"
#include "server/registry_counts.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::server {

class exposition;

enum class load_result : std::uint8_t { success, error };

/// What others count or hold, read when somebody asks for the metrics.
struct live_figures {
    std::uint64_t connections = 0;
    std::uint64_t inflight_requests = 0;
    std::uint64_t inflight_bytes = 0;
    std::uint64_t shed_requests = 0;
    std::uint64_t log_lines_dropped = 0;
    fact_figures facts;
    std::optional<process_figures> process;
    std::optional<cluster_figures> cluster; ///< nothing outside a cluster
};

class metrics {
  public:
    explicit metrics(std::string version);
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;

    void count_review(const review_outcome& what, std::chrono::nanoseconds took, std::size_t body);
    void count_policy_load(load_result what) {
        ++policy_loads_[index_of(what)];
        last_policy_load_ = what;
    }
    void count_certificate_load(load_result what) {
        ++certificate_loads_[index_of(what)];
        last_certificate_load_ = what;
    }

    /// The policies now in force; counts of others are forgotten.
    void use_policies(const policy::policy_set& policies, wall_time loaded);
    /// What is counted of requests to registries, by whoever sends them.
    [[nodiscard]] registry_counts& registries() noexcept { return registries_; }
    void use_certificate(wall_time not_after) { certificate_end_ = not_after; }

    /// Prometheus text.
    [[nodiscard]] std::string text(const live_figures& live) const;

    static constexpr std::array<std::string_view, 5>
        operations{"CREATE", "UPDATE", "DELETE", "CONNECT", "other"};
    static constexpr std::array<std::string_view, 11> resources{
        "pods",
        "pods/ephemeralcontainers",
        "deployments",
        "statefulsets",
        "daemonsets",
        "replicasets",
        "replicationcontrollers",
        "jobs",
        "cronjobs",
        "podtemplates",
        "other"};
    static constexpr std::array<std::string_view, 4> decisions{
        "allow",
        "deny",
        "error",
        "unmatched"};

  private:
    static constexpr std::size_t actions = 3;

    /// One policy's counts, indexed by rule and action.
    struct policy_slot {
        std::array<std::array<std::uint64_t, actions>, policy::rule_count> violations{};
        std::array<std::uint64_t, policy::failure_cause_count> unverified{};
        struct exemption_slot {
            std::string name;
            std::uint64_t lifted = 0;
            std::optional<wall_time> end;
        };
        std::vector<exemption_slot> exemptions;
        std::string hash;
    };
    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    using by_policy = std::unordered_map<std::string, policy_slot, text_hash, std::equal_to<>>;

    static constexpr std::size_t index_of(load_result what) {
        return static_cast<std::size_t>(what);
    }
    void write_reviews(exposition& to) const;
    void write_policies(exposition& to) const;
    void write_unverified(exposition& to) const;
    void write_loads(exposition& to) const;

    using by_decision = std::array<std::uint64_t, decisions.size()>;
    std::array<std::array<by_decision, resources.size()>, operations.size()> reviews_{};
    std::vector<histogram> durations_; ///< a decision each
    histogram body_bytes_;
    registry_counts registries_;
    by_policy policies_;
    std::vector<std::string> policy_names_; ///< in the order of the policy set
    std::array<std::uint64_t, 2> policy_loads_{};
    std::array<std::uint64_t, 2> certificate_loads_{};
    load_result last_policy_load_ = load_result::success;
    load_result last_certificate_load_ = load_result::success;
    wall_time policies_loaded_{};
    wall_time certificate_end_{};
    std::string version_;
};

} // namespace gatehouse::server
