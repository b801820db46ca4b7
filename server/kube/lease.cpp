#include "server/kube/lease.h"

#include "policy/json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

// Of Kubernetes' own validation none; what a record keeps of text that others write.
constexpr std::size_t longest_text = 256;
// Nobody may lock others out for longer by what it writes.
constexpr std::int64_t longest_duration = 3600;

std::string text_in(const nlohmann::json& spec, std::string_view name) {
    const std::string* text = policy::text_member(spec, name);
    return text == nullptr ? std::string() : text->substr(0, longest_text);
}

std::int64_t number_in(const nlohmann::json& spec, std::string_view name, std::int64_t most) {
    const nlohmann::json* number = policy::member_of(spec, name);
    if (number == nullptr || !number->is_number_integer()) {
        return 0;
    }
    if (number->is_number_unsigned()
        && number->get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
        return most;
    }
    return std::clamp<std::int64_t>(number->get<std::int64_t>(), 0, most);
}

/// Kubernetes' MicroTime.
std::string micro_time(wall_time when) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(when);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(when - whole);
    return fmt::format(
        "{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
        fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
        micros.count()
    );
}

nlohmann::json with_kind(nlohmann::json lease) {
    lease["apiVersion"] = "coordination.k8s.io/v1";
    lease["kind"] = "Lease";
    if (!lease.contains("spec") || !lease["spec"].is_object()) {
        lease["spec"] = nlohmann::json::object();
    }
    return lease;
}

} // namespace

lease_record record_of(const nlohmann::json& lease) {
    lease_record out;
    const nlohmann::json* spec = policy::member_of(lease, "spec");
    if (spec != nullptr) {
        out.holder = text_in(*spec, "holderIdentity");
        out.duration =
            std::chrono::seconds(number_in(*spec, "leaseDurationSeconds", longest_duration));
        out.acquire_time = text_in(*spec, "acquireTime");
        out.renew_time = text_in(*spec, "renewTime");
        out.transitions = number_in(*spec, "leaseTransitions", INT32_MAX - 1);
    }
    return out;
}

void lease_candidate::observe(const nlohmann::json& lease, tick_time now) {
    lease_record found = record_of(lease);
    if (!seen_since_ || found != seen_) {
        seen_ = std::move(found);
        seen_since_ = now;
    }
}

bool lease_candidate::may_claim(tick_time now) const {
    if (!seen_since_ || seen_.holder.empty() || seen_.holder == identity_) {
        return true;
    }
    return now - *seen_since_ >= seen_.duration;
}

nlohmann::json lease_candidate::claim(nlohmann::json lease, wall_time now) const {
    const lease_record before = record_of(lease);
    nlohmann::json out = with_kind(std::move(lease));
    nlohmann::json& spec = out["spec"];
    const bool is_ours = before.holder == identity_;
    spec["holderIdentity"] = identity_;
    spec["leaseDurationSeconds"] = lease_duration.count();
    spec["renewTime"] = micro_time(now);
    if (!is_ours || before.acquire_time.empty()) {
        spec["acquireTime"] = micro_time(now);
    }
    spec["leaseTransitions"] = before.transitions + (is_ours ? 0 : 1);
    return out;
}

nlohmann::json lease_candidate::release(nlohmann::json lease, wall_time now) const {
    nlohmann::json out = with_kind(std::move(lease));
    nlohmann::json& spec = out["spec"];
    spec["holderIdentity"] = "";
    spec["leaseDurationSeconds"] = 1;
    spec["renewTime"] = micro_time(now);
    spec["acquireTime"] = micro_time(now);
    return out;
}

} // namespace gatehouse::server
