// deploy/admissionpolicy.schema.json is the field table, no more and no less. After a change to the
// table, GATEHOUSE_UPDATE_GOLDENS=1 writes the file anew.
#include "policy/document/json_schema.h"

#include "policy/document/check.h"
#include "policy/document/forms.h"
#include "policy/document/schema.h"
#include "tests/support/case_name.h"
#include "tests/support/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

const std::string schema_file = GATEHOUSE_SOURCE "/deploy/admissionpolicy.schema.json";

std::string policy_json() { return json_schema(policy_schema(), "Gatehouse AdmissionPolicy"); }

TEST(JsonSchema, OfTheConfigurationIsTheFileThatIsShipped) {
    testing_support::expect_golden_file(
        json_schema(configuration_schema(), "Gatehouse ServerConfiguration"),
        GATEHOUSE_SOURCE "/deploy/serverconfiguration.schema.json"
    );
}

TEST(JsonSchema, IsTheFileThatIsShipped) {
    testing_support::expect_golden_file(policy_json(), schema_file);
}

// The walks below see depth only as deep as the table.
void fields_of_table( // NOLINT(misc-no-recursion)
    const schema_value& value,
    const std::string& path,
    std::set<std::string>& into
) {
    for (const schema_value& item : value.item) {
        fields_of_table(item, path + "[]", into);
    }
    for (const schema_word& word : value.words) {
        if (word.supported) {
            into.insert(path + "=" + std::string(word.name));
        }
    }
    for (const schema_field& field : value.fields) {
        if (field.supported) {
            const std::string inner = path + "." + std::string(field.name);
            into.insert(inner + (field.required ? "!" : ""));
            fields_of_table(field.value, inner, into);
        }
    }
}

void fields_of_file( // NOLINT(misc-no-recursion)
    const nlohmann::json& value,
    const std::string& path,
    std::set<std::string>& into
) {
    if (value.contains("items")) {
        fields_of_file(value["items"], path + "[]", into);
    }
    for (const auto& word : value.value("enum", nlohmann::json::array())) {
        into.insert(path + "=" + word.get<std::string>());
    }
    const std::vector<std::string> required = value.value("required", std::vector<std::string>());
    const nlohmann::json properties = value.value("properties", nlohmann::json::object());
    for (const auto& [name, field] : properties.items()) {
        const std::string inner = path + "." + name;
        const bool is_required = std::ranges::find(required, name) != required.end();
        into.insert(inner + (is_required ? "!" : ""));
        fields_of_file(field, inner, into);
    }
}

TEST(JsonSchema, HasTheFieldsAndWordsOfTheTableAndNoOthers) {
    std::set<std::string> of_table;
    fields_of_table(policy_schema(), "", of_table);
    std::set<std::string> of_file;
    fields_of_file(nlohmann::json::parse(testing_support::text_of(schema_file)), "", of_file);
    EXPECT_EQ(of_table, of_file);
    EXPECT_THAT(of_file, testing::Contains(".spec.exemptions[].rules[]=image-registry"));
}

TEST(JsonSchema, LeavesOutWhatIsNotSupportedYet) {
    const nlohmann::json spec = nlohmann::json::parse(policy_json())["properties"]["spec"];
    EXPECT_FALSE(spec["properties"]["signatures"]["items"]["properties"].contains("attestations"));
    EXPECT_EQ(
        spec["properties"]["runAs"]["properties"]["imageUser"]["enum"],
        nlohmann::json::array({"Ignore", "Resolve"})
    );
}

TEST(JsonSchema, KnowsTypesLimitsAndDefaults) {
    const nlohmann::json spec =
        nlohmann::json::parse(policy_json())["properties"]["spec"]["properties"];
    EXPECT_EQ(spec["validationActions"]["default"], nlohmann::json::array({"Deny"}));
    EXPECT_EQ(spec["validationActions"]["minItems"], 1);
    EXPECT_EQ(spec["workloads"]["default"], "Warn");
    EXPECT_EQ(spec["images"]["additionalProperties"], false);
    const nlohmann::json images = spec["images"]["properties"];
    EXPECT_EQ(images["requireDigest"]["type"], "boolean");
    EXPECT_EQ(images["requireDigest"]["default"], false);
    EXPECT_EQ(images["allow"]["maxItems"], 256);
    EXPECT_EQ(images["allow"]["items"]["maxLength"], 512);
    const nlohmann::json entry = spec["signatures"]["items"]["properties"];
    EXPECT_EQ(entry["threshold"]["default"], 1);
    EXPECT_EQ(entry["threshold"]["maximum"], 64);
    EXPECT_EQ(entry["annotations"]["maxProperties"], 64);
    EXPECT_EQ(entry["annotations"]["additionalProperties"]["type"], "string");
    const nlohmann::json range =
        spec["runAs"]["properties"]["fsGroup"]["properties"]["ranges"]["items"];
    EXPECT_EQ(range["properties"]["min"]["minimum"], 0);
    EXPECT_EQ(range["properties"]["max"]["maximum"], 2147483647);
}

struct form_case {
    std::string name;
    text_form form;
    std::vector<std::string> good; ///< to the parser, so to editors too
    std::vector<std::string> bad;  ///< to both
};

class FormExpression : public testing::TestWithParam<form_case> {};

TEST_P(FormExpression, IsNeverStricterThanTheParser) {
    const std::regex expression(std::string(form_expression(GetParam().form)));
    for (const std::string& text : GetParam().good) {
        EXPECT_EQ(form_problem(GetParam().form, text), "");
        EXPECT_TRUE(std::regex_search(text, expression)) << text;
    }
    for (const std::string& text : GetParam().bad) {
        EXPECT_NE(form_problem(GetParam().form, text), "") << text;
        EXPECT_FALSE(std::regex_search(text, expression)) << text;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Forms,
    FormExpression,
    testing::Values(
        form_case{
            "PolicyName",
            text_form::policy_name,
            {"a", "a-b", "1.b-2.c"},
            {"-a", "a-", "a..b", "A", "a_b"}},
        form_case{
            "ExemptionName",
            text_form::item_name,
            {"a", "A_b.c-9", "a--b"},
            {"-a", "a,b", "a.", "a b"}},
        form_case{"Reason", text_form::reason, {" a "}, {" ", "\t\n"}},
        form_case{
            "LastDay",
            text_form::last_day,
            {"never", "2027-01-31"},
            {"Never", "2027-1-31", "2027-01-31T00:00:00Z"}},
        form_case{
            "PodSecurityVersion",
            text_form::pod_security_version,
            {"latest", "v1.0", "v1.31", "v1.999999999"},
            {"1.31", "v1.", "v1.031", "v2.1", "v1.31.2"}},
        form_case{
            "NamespaceGlob",
            text_form::namespace_glob,
            {"*", "prod-*", "a?", "*-x"},
            {"A", "a_b", "a/b"}},
        form_case{
            "ExcludedNamespaceGlob",
            text_form::excluded_namespace_glob,
            {"kube-*", "?a", "a"},
            {"*", "*?*", "A"}},
        form_case{
            "AccountGlob",
            text_form::account_glob,
            {"*", "a/b", "a/b.c", "*/ci-?", "a*"},
            {"web", "a:b", "A/b"}},
        form_case{
            "ExcludedUserGlob",
            text_form::excluded_user_glob,
            {"ci-bootstrap", "*@ops.example"},
            {"*", "**"}},
        form_case{"ExcludedGroupGlob", text_form::excluded_group_glob, {"ops:*"}, {"*", "?*"}},
        form_case{
            "TagGlob",
            text_form::tag_glob,
            {"latest", "*-snapshot", "_a", "V1.0", "?"},
            {".a", "-a", "a:b", "a b"}}
    ),
    testing_support::case_name()
);

// The default of a field that editors show must be something the parser takes.
void check_defaults(const schema_value& value, std::size_t& seen) { // NOLINT(misc-no-recursion)
    for (const schema_value& item : value.item) {
        check_defaults(item, seen);
    }
    for (const schema_field& field : value.fields) {
        check_defaults(field.value, seen);
        if (field.absent_as.empty()) {
            continue;
        }
        const std::vector<yaml_document> read = parse_yaml(field.absent_as);
        const yaml_node& node = read.at(0).root;
        EXPECT_EQ(value_problem(node, field.value), "") << field.name;
        for (const yaml_node& item : node.items) {
            EXPECT_EQ(value_problem(item, field.value.item.at(0)), "") << field.name;
        }
        ++seen;
    }
}

TEST(JsonSchema, DefaultsAreValues) {
    std::size_t seen = 0;
    check_defaults(policy_schema(), seen);
    check_defaults(configuration_schema(), seen);
    EXPECT_GT(seen, 5U);
}

} // namespace
} // namespace gatehouse::policy
