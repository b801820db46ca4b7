#include "policy/migrate/from_psa.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

/// What a policy takes in a list of globs; a group of more namespaces becomes several policies.
constexpr std::size_t most_namespaces = 256;

/// What one policy does, whatever namespaces it is for.
struct effect {
    pinned_level at;
    actions what;
    template_mode workloads = template_mode::ignore;
    bool operator==(const effect&) const = default;
};

/// Enforce knows pods only, warn and audit also the templates of workloads. A policy that denies can
/// warn of templates, so enforce and warn at one level are one policy; audit of the same level fits
/// into that one, but not into one that ignores templates.
std::vector<effect> effects_of(const namespace_levels& levels) {
    std::vector<effect> out;
    const bool warns_as_enforced = levels.warn == levels.enforce;
    const bool audits_as_warned = levels.audit == levels.warn;
    out.push_back({
        .at = levels.enforce,
        .what = {.deny = true, .warn = false, .audit = warns_as_enforced && audits_as_warned},
        .workloads = warns_as_enforced ? template_mode::warn : template_mode::ignore,
    });
    if (!warns_as_enforced) {
        out.push_back({
            .at = levels.warn,
            .what = {.deny = false, .warn = true, .audit = audits_as_warned},
            .workloads = template_mode::warn,
        });
    }
    if (!audits_as_warned) {
        out.push_back({
            .at = levels.audit,
            .what = {.deny = false, .warn = false, .audit = true},
            .workloads = template_mode::warn,
        });
    }
    std::erase_if(out, [](const effect& one) {
        return one.at.level == security_level::privileged;
    });
    return out;
}

std::string name_of(const effect& of, std::size_t number) {
    std::string out = fmt::format("psa-{}-{}", name_of(of.at.level), name_of(of.at.version));
    if (of.what.deny) {
        out += "-deny";
    }
    if (of.what.warn || (of.what.deny && of.workloads == template_mode::warn)) {
        out += "-warn";
    }
    if (of.what.audit) {
        out += "-audit";
    }
    return number == 1 ? out : fmt::format("{}-{}", out, number);
}

policy_document document_of(const effect& of, std::size_t number) {
    policy_document out;
    out.name = name_of(of, number);
    out.validation_actions = of.what;
    out.workloads = of.workloads;
    out.pod_security = pod_security_section{
        .validation_actions = std::nullopt,
        .level = of.at.level,
        .version = of.at.version,
        .exempt_checks = {},
    };
    return out;
}

/// The policies of one effect, filled one after the other.
struct group {
    effect of;
    std::vector<policy_document> policies;

    void add(const std::string& name) {
        if (policies.empty() || policies.back().match.namespaces.size() == most_namespaces) {
            policies.push_back(document_of(of, policies.size() + 1));
        }
        policies.back().match.namespaces.push_back(name);
    }
};

} // namespace

std::vector<policy_document> policies_from_labels(std::span<const labelled_namespace> namespaces) {
    std::vector<group> groups;
    for (const labelled_namespace& one : namespaces) {
        for (const effect& wanted : effects_of(one.levels)) {
            auto place = std::ranges::find(groups, wanted, &group::of);
            if (place == groups.end()) {
                place = groups.insert(groups.end(), group{wanted, {}});
            }
            place->add(one.name);
        }
    }
    std::vector<policy_document> out;
    for (group& one : groups) {
        std::ranges::move(one.policies, std::back_inserter(out));
    }
    return out;
}

} // namespace gatehouse::policy
