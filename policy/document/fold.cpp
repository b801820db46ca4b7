#include "policy/document/fold.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::policy {
namespace {

image_patterns folded(const image_patterns& patterns, const registry_aliases& aliases) {
    std::vector<image_pattern> out;
    out.reserve(patterns.all().size());
    for (const image_pattern& one : patterns.all()) {
        out.push_back(aliases.fold(one));
    }
    return image_patterns(std::move(out));
}

} // namespace

result<policy_document> fold(policy_document policy, const registry_aliases& aliases) {
    if (aliases.empty()) {
        return policy;
    }
    if (policy.images) {
        if (policy.images->allow) {
            policy.images->allow = folded(*policy.images->allow, aliases);
        }
        policy.images->deny = folded(policy.images->deny, aliases);
    }
    for (signature_entry& entry : policy.signatures) {
        entry.images = folded(entry.images, aliases);
        entry.exclude_images = folded(entry.exclude_images, aliases);
        if (entry.repository.empty()) {
            continue;
        }
        const auto repository = aliases.fold(reference::parse(entry.repository).value());
        if (!repository) {
            return error(
                errc::malformed,
                fmt::format(
                    "the repository of the signatures entry {} of policy {}: {}",
                    plain_or_quoted(entry.name),
                    policy.name,
                    repository.error().detail()
                )
            );
        }
        entry.repository = repository.value().name();
    }
    for (exemption& hole : policy.exemptions) {
        hole.images = folded(hole.images, aliases);
    }
    return policy;
}

} // namespace gatehouse::policy
