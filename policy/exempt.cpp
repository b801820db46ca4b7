#include "policy/exempt.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {
namespace {

bool names_image(const exemption& hole, const finding& found, const rule_subject& subject) {
    const judged_image* image = image_of(subject, found.where);
    return image != nullptr && image->parsed
           && hole.images.find(image->parsed.value(), subject.namespace_name, pattern_use::permit)
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
