#include "policy/combine.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace gatehouse::policy {
namespace {

auto place_of(const violation& v) { return std::tuple(v.rule, v.where.kind, v.where.index); }

bool same_finding(const violation& a, const violation& b) {
    if (a.action != b.action || a.field != b.field) {
        return false;
    }
    // That an image is named by tag is found once, whether the digest is known or not.
    return a.message == b.message || a.rule == rule_id::image_digest;
}

/// Requires: they are the same finding.
void merge(violation& into, violation&& twin) {
    if (into.policies.back() != twin.policies.front()) {
        into.policies.push_back(twin.policies.front());
    }
    // Of two only one can differ: the one that prints the digest, which is longer than its place.
    if (twin.message.size() > into.message.size()) {
        into.message = std::move(twin.message);
    }
}

/// `container "app" must not ...`, `pod must ...`.
std::string message_of(const finding& found) {
    if (found.where.kind == element_kind::pod) {
        return "pod " + found.text;
    }
    return fmt::format(
        "{} {} {}", noun_of(found.where.kind), quoted(found.where.name, 100), found.text
    );
}

} // namespace

void combination::add(std::string_view policy, action what, const finding& found) {
    std::size_t& count = counts_[static_cast<std::size_t>(what)];
    if (count == most_of_an_action) {
        return;
    }
    ++count;
    violations_.push_back({
        .action = what,
        .policies = {policy},
        .rule = found.rule,
        .reason = found.reason,
        .where = found.where,
        .field = std::string(path_).append(found.field),
        .message = message_of(found),
    });
}

bool combination::denies_image(const element& where) const noexcept {
    return std::ranges::any_of(violations_, [&](const violation& one) {
        return one.action == action::deny && one.rule <= rule_id::image_digest
               && one.where.kind == where.kind && one.where.index == where.index;
    });
}

std::vector<violation> combination::take() {
    std::ranges::stable_sort(violations_, {}, place_of);
    std::vector<violation> merged;
    std::size_t group = 0; // where the violations of the current place begin in `merged`
    for (violation& next : violations_) {
        if (!merged.empty() && place_of(merged.back()) != place_of(next)) {
            group = merged.size();
        }
        const auto twin = std::find_if(
            merged.begin() + static_cast<std::ptrdiff_t>(group),
            merged.end(),
            [&](const violation& earlier) { return same_finding(earlier, next); }
        );
        if (twin == merged.end()) {
            merged.push_back(std::move(next));
        } else {
            merge(*twin, std::move(next));
        }
    }
    return merged;
}

} // namespace gatehouse::policy
