#include "server/metrics.h"

#include "server/exposition.h"

#include <algorithm>

namespace gatehouse::server {
namespace {

// 1 KiB to the largest body that is read, 32 MiB.
constexpr std::array<std::uint64_t, 9>
    body_bounds{1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 33554432};

constexpr std::array<std::string_view, 2> results{"success", "error"};

double seconds_of(wall_time when) {
    return std::chrono::duration<double>(when.time_since_epoch()).count();
}

std::uint64_t number_of(load_result last) { return last == load_result::success ? 1 : 0; }

/// The index of a label value; the last one for what is none of them.
template <std::size_t Size>
std::size_t index_in(const std::array<std::string_view, Size>& values, std::string_view value) {
    for (std::size_t i = 0; i + 1 < Size; ++i) {
        if (values[i] == value) {
            return i;
        }
    }
    return Size - 1;
}

std::size_t decision_index(std::string_view decision) {
    const auto found = std::find(metrics::decisions.begin(), metrics::decisions.end(), decision);
    const auto error = std::find(metrics::decisions.begin(), metrics::decisions.end(), "error");
    return static_cast<std::size_t>(
        (found == metrics::decisions.end() ? error : found) - metrics::decisions.begin()
    );
}

/// The end of an exemption's last day.
std::optional<wall_time> end_of(const policy::exemption& one) {
    if (!one.until) {
        return std::nullopt;
    }
    return *one.until + std::chrono::days(1);
}

void write_facts(exposition& to, const fact_figures& facts) {
    constexpr std::array<std::string_view, fact_kind_count> kinds{
        "tag", "signatures", "platforms", "accounts"};
    constexpr std::array counts{
        std::pair(metric::image_cache_hits, &fact_counts::hits),
        std::pair(metric::image_cache_misses, &fact_counts::misses),
        std::pair(metric::image_cache_stale, &fact_counts::stale)};
    for (const auto& [id, number] : counts) {
        to.begin(id);
        for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
            to.sample({kinds[kind]}, facts.by_kind[kind].*number);
        }
    }
    to.single(metric::image_cache_bytes, std::uint64_t{facts.bytes});
}

void write_cluster(exposition& to, const cluster_figures& cluster) {
    cluster.requests->write(to);
    to.single(metric::leader, std::uint64_t{cluster.is_leader ? 1U : 0U});
    to.begin(metric::registration_applies);
    to.sample({results[0]}, cluster.applied);
    to.sample({results[1]}, cluster.not_applied);
    to.begin(metric::certificate_rotations);
    for (std::size_t i = 0; cluster.rotations && i < rotation_action_count; ++i) {
        const auto action = static_cast<rotation_action>(i);
        if (action != rotation_action::wait) {
            to.sample({name_of(action)}, (*cluster.rotations)[i]);
        }
    }
    to.begin(metric::ca_expiry);
    if (cluster.authority_end) {
        to.sample({}, seconds_of(*cluster.authority_end));
    }
}

} // namespace

metrics::metrics(std::string version)
    : durations_(decisions.size(), histogram(duration_bounds, 1e9)),
      body_bytes_(body_bounds, 1),
      version_(std::move(version)) {}

void metrics::count_review(
    const review_outcome& what,
    std::chrono::nanoseconds took,
    std::size_t body
) {
    const std::size_t decision = decision_index(what.decision);
    const std::size_t resource = index_in(resources, what.resource);
    ++reviews_[index_in(operations, what.operation)][resource][decision];
    durations_[decision].observe(static_cast<std::uint64_t>(std::max(took.count(), 0L)));
    body_bytes_.observe(body);
    // A review that began before a reload may name a policy that is gone: nobody asks for it any more.
    for (const auto& one : what.violations) {
        if (const auto slot = policies_.find(one.policy); slot != policies_.end()) {
            auto& of_rule = slot->second.violations[static_cast<std::size_t>(one.rule)];
            ++of_rule[static_cast<std::size_t>(one.action)];
        }
    }
    for (const policy::unverified_use& use : what.unverified) {
        if (const auto slot = policies_.find(use.policy); slot != policies_.end()) {
            ++slot->second.unverified[static_cast<std::size_t>(use.cause)];
        }
    }
    for (const policy::exemption_use& use : what.exemptions) {
        if (const auto slot = policies_.find(use.policy); slot != policies_.end()) {
            for (auto& exemption : slot->second.exemptions) {
                exemption.lifted += exemption.name == use.exemption ? 1U : 0U;
            }
        }
    }
}

void metrics::use_policies(const policy::policy_set& policies, wall_time loaded) {
    by_policy next;
    policy_names_.clear();
    for (const policy::policy_document& document : policies.all()) {
        policy_names_.push_back(document.name);
        policy_slot slot;
        const auto known = policies_.find(document.name);
        if (known != policies_.end()) {
            slot.violations = known->second.violations;
            slot.unverified = known->second.unverified;
        }
        slot.hash = document.hash;
        for (const policy::exemption& one : document.exemptions) {
            std::uint64_t lifted = 0;
            if (known != policies_.end()) {
                for (const auto& before : known->second.exemptions) {
                    lifted += before.name == one.name ? before.lifted : 0;
                }
            }
            slot.exemptions.push_back({one.name, lifted, end_of(one)});
        }
        next.insert_or_assign(document.name, std::move(slot));
    }
    policies_ = std::move(next);
    policies_loaded_ = loaded;
}

void metrics::write_reviews(exposition& to) const {
    to.begin(metric::admission_requests);
    for (std::size_t o = 0; o < operations.size(); ++o) {
        for (std::size_t r = 0; r < resources.size(); ++r) {
            for (std::size_t d = 0; d < decisions.size(); ++d) {
                if (reviews_[o][r][d] != 0) {
                    to.sample({operations[o], resources[r], decisions[d]}, reviews_[o][r][d]);
                }
            }
        }
    }
    to.begin(metric::admission_duration);
    for (std::size_t d = 0; d < decisions.size(); ++d) {
        to.samples({decisions[d]}, durations_[d]);
    }
}

void metrics::write_policies(exposition& to) const {
    to.begin(metric::violations);
    for (const std::string& name : policy_names_) {
        const policy_slot& slot = policies_.at(name);
        for (const policy::rule_id rule : policy::all_rules()) {
            for (std::size_t a = 0; a < actions; ++a) {
                const std::uint64_t count = slot.violations[static_cast<std::size_t>(rule)][a];
                if (count != 0) {
                    const auto action = policy::name_of(static_cast<policy::action>(a));
                    to.sample({name, policy::id_of(rule), action}, count);
                }
            }
        }
    }
    to.begin(metric::exempted_violations);
    for (const std::string& name : policy_names_) {
        for (const auto& one : policies_.at(name).exemptions) {
            to.sample({name, one.name}, one.lifted);
        }
    }
    to.begin(metric::exemption_expiry);
    for (const std::string& name : policy_names_) {
        for (const auto& one : policies_.at(name).exemptions) {
            if (one.end) {
                to.sample({name, one.name}, seconds_of(*one.end));
            }
        }
    }
}

void metrics::write_unverified(exposition& to) const {
    to.begin(metric::unverified_admissions);
    for (const std::string& name : policy_names_) {
        for (std::size_t cause = 0; cause < policy::failure_cause_count; ++cause) {
            const std::uint64_t count = policies_.at(name).unverified[cause];
            if (count != 0) {
                to.sample(
                    {name, policy::name_of(static_cast<policy::failure_cause>(cause))}, count
                );
            }
        }
    }
}

void metrics::write_loads(exposition& to) const {
    to.begin(metric::policy_loads);
    for (std::size_t i = 0; i < results.size(); ++i) {
        to.sample({results[i]}, policy_loads_[i]);
    }
    to.single(metric::policy_last_load_successful, number_of(last_policy_load_));
    to.single(metric::policy_last_load, seconds_of(policies_loaded_));
    to.begin(metric::policy_info);
    for (const std::string& name : policy_names_) {
        to.sample({name, policies_.at(name).hash}, std::uint64_t{1});
    }
    to.single(metric::certificate_expiry, seconds_of(certificate_end_));
    to.begin(metric::certificate_loads);
    for (std::size_t i = 0; i < results.size(); ++i) {
        to.sample({results[i]}, certificate_loads_[i]);
    }
    to.single(metric::certificate_last_load_successful, number_of(last_certificate_load_));
}

std::string metrics::text(const live_figures& live) const {
    exposition to;
    write_reviews(to);
    write_policies(to);
    write_unverified(to);
    to.single(metric::inflight_requests, live.inflight_requests);
    to.single(metric::inflight_bytes, live.inflight_bytes);
    to.single(metric::shed_requests, live.shed_requests);
    to.begin(metric::request_body_bytes);
    to.samples({}, body_bytes_);
    write_loads(to);
    to.single(metric::connections, live.connections);
    to.single(metric::log_lines_dropped, live.log_lines_dropped);
    registries_.write(to);
    write_facts(to, live.facts);
    if (live.cluster) {
        write_cluster(to, *live.cluster);
    }
    to.begin(metric::build_info);
    to.sample({version_}, std::uint64_t{1});
    if (live.process) {
        to.single(metric::process_resident_memory, live.process->resident_bytes);
        to.single(metric::process_cpu_seconds, live.process->cpu_seconds);
        to.single(metric::process_open_fds, live.process->open_descriptors);
        to.single(metric::process_start_time, live.process->start_time);
    }
    return to.take();
}

} // namespace gatehouse::server
