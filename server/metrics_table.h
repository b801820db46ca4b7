#pragma once
// Every metric by name: the one table of names, types, labels and help (interface 4.3). Counting is
// metrics.h's affair, writing exposition.h's. Pure.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gatehouse::server {

enum class metric : std::uint8_t {
    admission_requests,
    admission_duration,
    violations,
    exempted_violations,
    exemption_expiry,
    unverified_admissions,
    inflight_requests,
    inflight_bytes,
    shed_requests,
    request_body_bytes,
    policy_loads,
    policy_last_load_successful,
    policy_last_load,
    policy_info,
    certificate_expiry,
    certificate_loads,
    certificate_last_load_successful,
    connections,
    log_lines_dropped,
    registry_requests,
    registry_request_duration,
    image_cache_hits,
    image_cache_misses,
    image_cache_stale,
    image_cache_bytes,
    kube_requests,
    kube_last_contact,
    leader,
    registration_applies,
    certificate_rotations,
    ca_expiry,
    build_info,
    process_resident_memory,
    process_cpu_seconds,
    process_open_fds,
    process_start_time,
};

inline constexpr std::size_t metric_count = 36;

struct metric_description {
    metric id;
    std::string_view name;
    std::string_view type;                  ///< counter, gauge or histogram
    std::array<std::string_view, 3> labels; ///< empty where there are fewer
    std::string_view help;
};

/// In the order of the enumeration, which is the order of the exposition.
[[nodiscard]] const std::array<metric_description, metric_count>& all_metrics() noexcept;
[[nodiscard]] const metric_description& description_of(metric id) noexcept;

} // namespace gatehouse::server
