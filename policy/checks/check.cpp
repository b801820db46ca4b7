#include "policy/checks/check.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::policy {
namespace {

std::string path_from_root(const element& where, std::string_view field) {
    const std::string below_spec = path_of(where);
    std::string path = "spec";
    for (const std::string_view part : {std::string_view(below_spec), field}) {
        if (!part.empty()) {
            path.append(".").append(part);
        }
    }
    return path;
}

} // namespace

void finding_collector::forbid(const element& where, std::string_view field, std::string text) {
    found_.push_back(
        {rule_, cause_reason::forbidden, where, path_from_root(where, field), std::move(text)}
    );
}

void finding_collector::require(const element& where, std::string_view field, std::string text) {
    found_.push_back(
        {rule_, cause_reason::required, where, path_from_root(where, field), std::move(text)}
    );
}

void finding_collector::forbid_annotation(
    const element& where,
    std::string_view key,
    std::string text
) {
    found_.push_back(
        {rule_,
         cause_reason::forbidden,
         where,
         fmt::format("metadata.annotations[{}]", printable(key)),
         std::move(text)}
    );
}

const check_version* check::at(std::uint32_t minor) const noexcept {
    const check_version* in_force = nullptr;
    for (const check_version& version : versions) {
        if (version.since <= minor) {
            in_force = &version;
        }
    }
    return in_force;
}

} // namespace gatehouse::policy
