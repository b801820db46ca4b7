#include "server/metrics_table.h"

namespace gatehouse::server {
namespace {

constexpr std::string_view counter = "counter";
constexpr std::string_view gauge = "gauge";
constexpr std::string_view histogram = "histogram";

constexpr std::array<metric_description, metric_count> table{{
    {metric::admission_requests,
     "gatehouse_admission_requests_total",
     counter,
     {"operation", "resource", "decision"},
     "Reviews answered; decision is allow, deny, error or unmatched (no policy applies)."},
    {metric::admission_duration,
     "gatehouse_admission_duration_seconds",
     histogram,
     {"decision"},
     "Time from a review's first byte to its answer."},
    {metric::violations,
     "gatehouse_violations_total",
     counter,
     {"policy", "rule", "action"},
     "Violations found, by the action that followed."},
    {metric::exempted_violations,
     "gatehouse_exempted_violations_total",
     counter,
     {"policy", "exemption"},
     "Violations that an exemption lifted."},
    {metric::exemption_expiry,
     "gatehouse_exemption_expiry_timestamp_seconds",
     gauge,
     {"policy", "exemption"},
     "When an exemption ends, for those that do."},
    {metric::inflight_requests,
     "gatehouse_inflight_requests",
     gauge,
     {},
     "Requests being received or answered."},
    {metric::inflight_bytes,
     "gatehouse_inflight_bytes",
     gauge,
     {},
     "Memory held by request bodies, weighted while they are parsed."},
    {metric::shed_requests,
     "gatehouse_shed_requests_total",
     counter,
     {},
     "Requests turned away with HTTP 503 because of load."},
    {metric::request_body_bytes,
     "gatehouse_request_body_bytes",
     histogram,
     {},
     "Size of request bodies."},
    {metric::policy_loads,
     "gatehouse_policy_loads_total",
     counter,
     {"result"},
     "Attempts to load the policies; after an error the last good set judges on."},
    {metric::policy_last_load,
     "gatehouse_policy_last_load_timestamp_seconds",
     gauge,
     {},
     "When the policies in force were loaded."},
    {metric::policy_info,
     "gatehouse_policy_info",
     gauge,
     {"policy", "hash"},
     "The policies in force; always 1."},
    {metric::certificate_expiry,
     "gatehouse_serving_certificate_expiry_timestamp_seconds",
     gauge,
     {},
     "When the serving certificate ends."},
    {metric::certificate_loads,
     "gatehouse_certificate_loads_total",
     counter,
     {"result"},
     "Attempts to load the serving certificate, its key and the client CA."},
    {metric::connections, "gatehouse_connections", gauge, {}, "Open connections to the webhook."},
    {metric::log_lines_dropped,
     "gatehouse_log_lines_dropped_total",
     counter,
     {},
     "Log lines that their reader had no room for."},
    {metric::registry_requests,
     "gatehouse_registry_requests_total",
     counter,
     {"registry", "result"},
     "Requests to registries; those that the configuration does not list are one."},
    {metric::registry_request_duration,
     "gatehouse_registry_request_duration_seconds",
     histogram,
     {},
     "Time from a request to a registry to the end of its answer."},
    {metric::image_cache_hits,
     "gatehouse_image_cache_hits_total",
     counter,
     {"kind"},
     "Facts about images that were known; kind is tag or signatures."},
    {metric::image_cache_misses,
     "gatehouse_image_cache_misses_total",
     counter,
     {"kind"},
     "Facts about images that a review had to wait for."},
    {metric::image_cache_stale,
     "gatehouse_image_cache_stale_total",
     counter,
     {"kind"},
     "Expired facts about images that served because their registry could not be had."},
    {metric::image_cache_bytes,
     "gatehouse_image_cache_bytes",
     gauge,
     {},
     "Memory held by facts about images."},
    {metric::build_info,
     "gatehouse_build_info",
     gauge,
     {"version"},
     "The running version; always 1."},
    {metric::process_resident_memory,
     "process_resident_memory_bytes",
     gauge,
     {},
     "Resident memory of the process."},
    {metric::process_cpu_seconds,
     "process_cpu_seconds_total",
     counter,
     {},
     "User and system CPU time of the process."},
    {metric::process_open_fds, "process_open_fds", gauge, {}, "Open file descriptors."},
    {metric::process_start_time,
     "process_start_time_seconds",
     gauge,
     {},
     "When the process started."},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].id) != i) {
            return false;
        }
    }
    return true;
}
static_assert(in_order(), "the table lists every metric in the order of the enumeration");

} // namespace

const std::array<metric_description, metric_count>& all_metrics() noexcept { return table; }

const metric_description& description_of(metric id) noexcept {
    return table[static_cast<std::size_t>(id)];
}

} // namespace gatehouse::server
