// docs/policy.md and docs/server-configuration.md cannot fall behind: their examples are valid, and they
// name every field, every word and every rule.
#include "policy/document/schema.h"
#include "policy/document/server_configuration.h"
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

std::string page(const std::string& name = "policy.md") {
    return testing_support::text_of(GATEHOUSE_SOURCE "/docs/" + name);
}

/// What stands between ```yaml and ```, without these lines.
std::vector<std::string> examples(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream lines(text);
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
    const std::vector<std::string> all = examples(page());
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

void expect_named(const std::vector<std::string>& names, const std::string& text) {
    for (const std::string& name : names) {
        EXPECT_TRUE(
            text.find("`" + name + "`") != std::string::npos
            || text.find(": " + name + "`") != std::string::npos
            || text.find(": " + name + "\n") != std::string::npos
        ) << name;
    }
}

TEST(PolicyReferencePage, NamesEveryFieldAndWord) {
    std::vector<std::string> names;
    names_of(policy_schema(), names);
    EXPECT_THAT(names, testing::Contains("image-registry"));
    expect_named(names, page());
}

TEST(ConfigurationReferencePage, NamesEveryField) {
    std::vector<std::string> names;
    names_of(configuration_schema(), names);
    EXPECT_THAT(names, testing::Contains("maxStaleTag"));
    expect_named(names, page("server-configuration.md"));
}

TEST(ConfigurationReferencePage, ShowsOnlyValidConfigurations) {
    const std::vector<std::string> all = examples(page("server-configuration.md"));
    EXPECT_FALSE(all.empty());
    for (const std::string& text : all) {
        EXPECT_THAT(
            testing_support::texts(parse_server_configuration({"c.yaml", text}).errors), IsEmpty()
        );
    }
}

TEST(ConfigurationExample, IsValid) {
    const std::string text =
        testing_support::text_of(GATEHOUSE_SOURCE "/deploy/config/production.yaml");
    const parsed_configuration read = parse_server_configuration({"production.yaml", text});
    EXPECT_THAT(testing_support::texts(read.errors), IsEmpty());
    EXPECT_EQ(read.configuration.value().registries.size(), 2U);
}

} // namespace
} // namespace gatehouse::policy
