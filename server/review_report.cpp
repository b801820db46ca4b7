#include "server/review_report.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

// A thousand policies may find the same in hundreds of containers.
constexpr std::size_t most_listed_rules = 32;

/// "policy/rule" of every action but Deny carries the action: "policy/rule:Warn".
std::vector<std::string> rules_of(const review_outcome& outcome) {
    std::vector<std::string> rules;
    for (const auto& one : outcome.violations) {
        std::string text = fmt::format("{}/{}", one.policy, policy::id_of(one.rule));
        if (one.action != policy::action::deny) {
            fmt::format_to(std::back_inserter(text), ":{}", policy::name_of(one.action));
        }
        if (std::find(rules.begin(), rules.end(), text) == rules.end()) {
            rules.push_back(std::move(text));
        }
        if (rules.size() == most_listed_rules) {
            break;
        }
    }
    return rules;
}

} // namespace

void review_report::reviewed(
    const review_outcome& outcome,
    steady::duration took,
    std::size_t body_bytes
) {
    metrics_.count_review(outcome, took, body_bytes);
    const bool is_refused = outcome.decision != "allow" && outcome.decision != "unmatched";
    const log_level level = is_refused ? log_level::info : log_level::debug;
    if (!log_.wants(level)) {
        return;
    }
    const std::vector<std::string> rules = rules_of(outcome);
    log_.write(
        level,
        "review",
        {{"uid", outcome.uid},
         {"decision", outcome.decision},
         {"operation", outcome.operation},
         {"resource", outcome.resource},
         {"subject", outcome.subject},
         {"rules", std::span(rules)},
         {"violations", static_cast<std::int64_t>(outcome.violations.size())},
         {"seconds", std::chrono::duration<double>(took).count()}}
    );
}

} // namespace gatehouse::server
