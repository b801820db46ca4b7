#include "policy/policy_set.h"

#include "policy/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gatehouse::policy {
namespace {

constexpr std::string_view wildcards = "*?";

bool any_matches(const std::vector<std::string>& globs, std::string_view text) {
    return std::ranges::any_of(globs, [&](const std::string& glob) {
        return matches_glob(glob, text);
    });
}

bool matches(const match_rules& rules, const attributes& request, std::string_view account) {
    if (!rules.namespaces.empty() && !any_matches(rules.namespaces, request.namespace_name)) {
        return false;
    }
    if (any_matches(rules.exclude_namespaces, request.namespace_name)) {
        return false;
    }
    if (!rules.service_accounts.empty() && !any_matches(rules.service_accounts, account)) {
        return false;
    }
    if (any_matches(rules.exclude_users, request.user)) {
        return false;
    }
    return std::ranges::none_of(request.groups, [&](std::string_view group) {
        return any_matches(rules.exclude_groups, group);
    });
}

void fold(image_patterns& list, const registry_aliases& aliases) {
    std::vector<image_pattern> folded;
    folded.reserve(list.all().size());
    for (const image_pattern& one : list.all()) {
        folded.push_back(aliases.fold(one));
    }
    list = image_patterns(std::move(folded));
}

/// A registry/repository; one that is too long once folded stays, and nothing lies there.
void fold(std::string& repository, const registry_aliases& aliases) {
    const result<reference> parsed = reference::parse(repository);
    const result<reference> folded = parsed ? aliases.fold(parsed.value()) : parsed;
    if (folded) {
        repository = folded.value().name();
    }
}

void fold(policy_document& document, const registry_aliases& aliases) {
    if (document.images) {
        if (document.images->allow) {
            fold(*document.images->allow, aliases);
        }
        fold(document.images->deny, aliases);
    }
    for (signature_entry& entry : document.signatures) {
        fold(entry.images, aliases);
        fold(entry.exclude_images, aliases);
        fold(entry.repository, aliases);
    }
    for (exemption& hole : document.exemptions) {
        fold(hole.images, aliases);
    }
}

} // namespace

policy_set::policy_set(std::vector<policy_document> documents, registry_aliases aliases)
    : documents_(std::move(documents)), aliases_(std::move(aliases)) {
    may_want_evidence_ = std::ranges::any_of(documents_, [](const policy_document& one) {
        return !one.signatures.empty() || (one.run_as && one.run_as->resolve_image_user);
    });
    if (!aliases_.empty()) {
        for (policy_document& document : documents_) {
            fold(document, aliases_);
        }
    }
    for (std::size_t i = 0; i < documents_.size(); ++i) {
        const match_rules& rules = documents_[i].match;
        const auto& globs = rules.namespaces.empty() ? rules.service_accounts : rules.namespaces;
        const auto number = static_cast<std::uint32_t>(i);
        // Without a literal beginning in every glob nothing can be looked up.
        const bool indexable =
            !globs.empty() && std::ranges::all_of(globs, [](const std::string& glob) {
                return glob.find_first_of(wildcards) != 0;
            });
        if (!indexable) {
            everywhere_.push_back(number);
            continue;
        }
        for (const std::string& glob : globs) {
            add_to_index(glob, number, rules.namespaces.empty());
        }
    }
    std::ranges::sort(prefix_lengths_);
    prefix_lengths_.erase(std::ranges::unique(prefix_lengths_).begin(), prefix_lengths_.end());
}

void policy_set::add_to_index(const std::string& glob, std::uint32_t number, bool over_accounts) {
    const std::size_t literal = glob.find_first_of(wildcards);
    if (literal == std::string::npos && !over_accounts) {
        by_namespace_[glob].push_back(number);
        return;
    }
    const std::string prefix = glob.substr(0, literal);
    by_prefix_[prefix].push_back(number);
    prefix_lengths_.push_back(prefix.size());
}

std::pmr::vector<std::uint32_t> policy_set::candidates(
    std::string_view namespace_name,
    std::string_view account,
    std::pmr::memory_resource& memory
) const {
    std::pmr::vector<std::uint32_t> found(everywhere_.begin(), everywhere_.end(), &memory);
    const auto take = [&](const index& from, std::string_view key) {
        const auto at = from.find(key);
        if (at != from.end()) {
            found.insert(found.end(), at->second.begin(), at->second.end());
        }
    };
    take(by_namespace_, namespace_name);
    // A namespace is a beginning of "namespace/account", so one index serves globs over both.
    for (const std::size_t length : prefix_lengths_) {
        if (length > account.size()) {
            break;
        }
        take(by_prefix_, account.substr(0, length));
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
}

std::vector<const policy_document*> policy_set::matching(
    const attributes& request,
    std::string_view service_account
) const {
    // Enough for the names and a few dozen policies; the heap serves the rest.
    std::array<std::byte, 1024> first;
    std::pmr::monotonic_buffer_resource memory(first.data(), first.size());
    std::pmr::string account(&memory);
    account.reserve(request.namespace_name.size() + service_account.size() + 8);
    account.append(request.namespace_name).append("/");
    account.append(service_account.empty() ? "default" : service_account);
    const auto numbers = candidates(request.namespace_name, account, memory);
    std::vector<const policy_document*> found;
    found.reserve(numbers.size());
    for (const std::uint32_t number : numbers) {
        const policy_document& document = documents_[number];
        if (matches(document.match, request, account)) {
            found.push_back(&document);
        }
    }
    return found;
}

} // namespace gatehouse::policy
