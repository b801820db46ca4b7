#include "policy/exempt.h"

#include "policy/image/reference.h"
#include "policy/pod/visit.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace gatehouse::policy {
namespace {

/// The image of what a finding is about, changed or not: Pod Security judges the whole pod. Nothing
/// where it has none.
std::optional<std::string_view> image_of(const pod& subject, const element& where) {
    std::optional<std::string_view> out;
    for_each_image(subject, [&](const element& one, std::string_view image) {
        if (one.kind == where.kind && one.index == where.index) {
            out = image;
        }
    });
    return out;
}

bool names_image(const exemption& hole, const finding& found, const rule_subject& subject) {
    const std::optional<std::string_view> image = image_of(*subject.value, found.where);
    if (!image) {
        return false;
    }
    const result<reference> parsed = read_image(*image, *subject.aliases);
    return parsed
           && hole.images.find(parsed.value(), subject.namespace_name, pattern_use::permit)
                  != nullptr;
}

bool lifts(
    const exemption& hole,
    const finding& found,
    const rule_subject& subject,
    std::chrono::sys_days today
) {
    if (hole.until && today > *hole.until) {
        return false;
    }
    if (std::ranges::find(hole.rules, found.rule) == hole.rules.end()) {
        return false;
    }
    const bool in_namespace = hole.namespaces.empty()
                              || std::ranges::any_of(hole.namespaces, [&](const std::string& glob) {
                                     return matches_glob(glob, subject.namespace_name);
                                 });
    return in_namespace && (hole.images.empty() || names_image(hole, found, subject));
}

} // namespace

const exemption* exemption_for(
    const policy_document& policy,
    const finding& found,
    const rule_subject& subject,
    std::chrono::sys_days today
) {
    const auto hole = std::ranges::find_if(policy.exemptions, [&](const exemption& one) {
        return lifts(one, found, subject, today);
    });
    return hole == policy.exemptions.end() ? nullptr : &*hole;
}

std::string expiry_warning(
    const policy_document& policy,
    const exemption& used,
    std::chrono::sys_days today
) {
    if (!used.until || *used.until - today > expiry_notice) {
        return {};
    }
    const std::chrono::year_month_day last(*used.until);
    return fmt::format(
        "exemption {} of policy {}, used here, holds until {:04}-{:02}-{:02} only",
        printable(used.name, 80),
        printable(policy.name, 80),
        static_cast<int>(last.year()),
        static_cast<unsigned>(last.month()),
        static_cast<unsigned>(last.day())
    );
}

} // namespace gatehouse::policy
