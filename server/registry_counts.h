#pragma once
// How many requests went to which registry and what came of them (interface 4.3). Only registries that the
// configuration lists have a name here; all others are `other`, so that no pod can add a series. Loop
// thread only.

#include "policy/evidence.h"
#include "server/clock.h"
#include "server/histogram.h"
#include "server/http_exchange.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

class exposition;

class registry_counts {
  public:
    registry_counts();

    /// The registries now configured, by host; counts of those that no longer are are forgotten.
    void use(const std::vector<std::string>& hosts);
    /// One exchange: `registry` is http_request::registry.
    void count(
        std::string_view registry,
        const policy::fact<http_response>& what,
        std::chrono::nanoseconds took
    );
    void write(exposition& to) const;

  private:
    // Success, a refusal of another kind, and the causes of failure.
    static constexpr std::size_t results = 2 + policy::failure_cause_count;

    [[nodiscard]] static std::size_t result_of(const policy::fact<http_response>& what);
    [[nodiscard]] static std::string_view label_of(std::size_t result);

    using by_result = std::array<std::uint64_t, results>;
    std::map<std::string, by_result, std::less<>> by_registry_;
    by_result others_{};
    histogram durations_;
};

/// Counts what passes through.
class counted_exchange final : public http_exchange {
  public:
    /// All outlive this.
    counted_exchange(http_exchange& over, registry_counts& counts, const clock& time)
        : over_(over), counts_(counts), time_(time) {}

    [[nodiscard]] awaitable<policy::fact<http_response>> send(
        http_request request,
        tick_time deadline
    ) override;

  private:
    http_exchange& over_;
    registry_counts& counts_;
    const clock& time_;
};

} // namespace gatehouse::server
