// docs/policy.md cannot fall behind: its examples are policies, and it names every field, every
// word and every rule.
#include "policy/document/schema.h"
#include "tests/support/policy_text.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::IsEmpty;

std::string page() { return testing_support::text_of(GATEHOUSE_SOURCE "/docs/policy.md"); }

/// What stands between ```yaml and ```, without these lines.
std::vector<std::string> examples() {
    std::vector<std::string> out;
    std::istringstream lines(page());
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line == "```yaml") {
            out.emplace_back();
            inside = true;
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            out.back() += line + "\n";
        }
    }
    return out;
}

std::string indented(const std::string& text) {
    std::string out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        out += "  " + line + "\n";
    }
    return out;
}

/// An example is a whole policy, or some fields of `spec`.
std::string whole(const std::string& text) {
    if (text.starts_with("apiVersion:")) {
        return text;
    }
    const std::string lines = "\n" + text;
    const bool has_rule = lines.find("\npodSecurity:") != std::string::npos
                          || lines.find("\nrunAs:") != std::string::npos
                          || lines.find("\nimages:") != std::string::npos
                          || lines.find("\nsignatures:") != std::string::npos;
    return has_rule ? testing_support::policy_with_spec(indented(text))
                    : testing_support::policy_text_with(indented(text));
}

TEST(PolicyReferencePage, ShowsOnlyValidPolicies) {
    const std::vector<std::string> all = examples();
    EXPECT_GT(all.size(), 5U);
    for (const std::string& text : all) {
        const parsed_policies read = testing_support::parsed(whole(text));
        EXPECT_THAT(testing_support::texts(read.errors), IsEmpty()) << text;
        EXPECT_THAT(testing_support::texts(read.warnings), IsEmpty()) << text;
    }
}

// As deep as the table.
void names_of(
    const schema_value& value,
    std::vector<std::string>& into
) { // NOLINT(misc-no-recursion)
    for (const schema_value& item : value.item) {
        names_of(item, into);
    }
    for (const schema_word& word : value.words) {
        into.emplace_back(word.name);
    }
    for (const schema_field& field : value.fields) {
        const bool is_looked_at = !field.supported || field.value.kind != value_kind::ignored;
        if (is_looked_at) {
            into.emplace_back(field.name);
            names_of(field.value, into);
        }
    }
}

TEST(PolicyReferencePage, NamesEveryFieldAndWord) {
    std::vector<std::string> names;
    names_of(policy_schema(), names);
    EXPECT_THAT(names, testing::Contains("image-registry"));
    const std::string text = page();
    for (const std::string& name : names) {
        EXPECT_TRUE(
            text.find("`" + name + "`") != std::string::npos
            || text.find(": " + name + "`") != std::string::npos
            || text.find(": " + name + "\n") != std::string::npos
        ) << name;
    }
}

} // namespace
} // namespace gatehouse::policy
