// capabilities_restricted, restricted: drop every capability; at most NET_BIND_SERVICE comes back.
//
// Judged:   securityContext.capabilities of every container
// Allowed:  drop with an entry ALL (this spelling; no capabilities at all is not enough);
//           add empty or NET_BIND_SERVICE
// Versions: v1.22; from v1.25 pods with os.name windows pass, as they have no capabilities
//
// Takes the place of capabilities_baseline: its list is shorter.

#include "policy/checks/checks.h"
#include "policy/checks/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

bool is_allowed(std::string_view capability) { return capability == "NET_BIND_SERVICE"; }

void judge_drop(const element& where, const capabilities& given, finding_collector& found) {
    if (std::ranges::find(given.drop, std::string_view("ALL")) != given.drop.end()) {
        return;
    }
    std::string text = R"(must set securityContext.capabilities.drop: ["ALL"])";
    if (!given.drop.empty()) {
        text += fmt::format(
            " (found: {})", listed(std::vector(given.drop.begin(), given.drop.end())).text
        );
    }
    found.require(where, "securityContext.capabilities.drop", std::move(text));
}

void judge_add(const element& where, const capabilities& given, finding_collector& found) {
    if (std::ranges::all_of(given.add, is_allowed)) {
        return;
    }
    std::vector<std::string_view> added;
    std::ranges::remove_copy_if(given.add, std::back_inserter(added), is_allowed);
    const listing bad = listed(std::move(added));
    found.forbid(
        where,
        "securityContext.capabilities.add",
        fmt::format(
            "must not add {} {} in securityContext.capabilities.add; remove {}, only "
            "NET_BIND_SERVICE may be added",
            bad.several ? "capabilities" : "capability",
            bad.text,
            bad.several ? "them" : "it"
        )
    );
}

void since_1_22(const pod& subject, finding_collector& found) {
    for_each_container(subject, [&](const element& where, const container& c) {
        const capabilities given = c.security.capabilities.value_or(capabilities{});
        judge_drop(where, given, found);
        judge_add(where, given, found);
    });
}

void since_1_25(const pod& subject, finding_collector& found) {
    if (!subject.is_windows()) {
        since_1_22(subject, found);
    }
}

constexpr std::array versions = {
    check_version{22, since_1_22, rule_id::capabilities_baseline},
    check_version{25, since_1_25, rule_id::capabilities_baseline},
};

} // namespace

constinit const check capabilities_restricted_check{
    rule_id::capabilities_restricted,
    security_level::restricted,
    versions};

} // namespace gatehouse::policy
