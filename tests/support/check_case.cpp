#include "tests/support/check_case.h"

#include "policy/text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gatehouse::testing_support {
namespace {

std::string_view word_of(policy::cause_reason reason) {
    switch (reason) {
    case policy::cause_reason::forbidden:
        return "forbidden";
    case policy::cause_reason::required:
        return "required";
    case policy::cause_reason::invalid:
        return "invalid";
    }
    return "";
}

policy::security_level level_of(policy::rule_id rule) {
    const auto checks = policy::all_checks();
    const auto at = std::ranges::find(checks, rule, &policy::check::rule);
    return at == checks.end() ? policy::security_level::privileged : (*at)->level;
}

} // namespace

std::string line_of(const policy::finding& found) {
    const std::string name =
        found.where.kind == policy::element_kind::pod ? "" : " " + policy::quoted(found.where.name);
    return fmt::format(
        "{} {}: {}{} {}",
        word_of(found.reason),
        found.field,
        policy::noun_of(found.where.kind),
        name,
        found.text
    );
}

std::vector<std::string> lines_of(
    policy::security_level level,
    std::uint32_t minor,
    const policy::pod& subject
) {
    std::vector<std::string> lines;
    for (const policy::finding& found : evaluate(level, {minor}, subject)) {
        lines.push_back(line_of(found));
    }
    return lines;
}

std::vector<std::string> lines_of(policy::rule_id rule, const check_case& row) {
    const policy::security_level level = level_of(rule);
    pod_builder builder(level);
    row.tweak(builder);
    std::vector<std::string> lines;
    for (const policy::finding& found : evaluate(level, {row.minor}, builder.build())) {
        EXPECT_EQ(id_of(found.rule), id_of(rule));
        lines.push_back(line_of(found));
    }
    return lines;
}

} // namespace gatehouse::testing_support
