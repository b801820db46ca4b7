#include "policy/document/json_schema.h"

#include "policy/document/forms.h"
#include "policy/document/schema.h"
#include "policy/yaml/tree.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace gatehouse::policy {
namespace {

using json = nlohmann::ordered_json;

json schema_of(const schema_value& value);

json schema_of_text(const schema_value& value) {
    json out = {{"type", "string"}, {"minLength", 1}, {"maxLength", value.most_characters}};
    if (const std::string_view expression = form_expression(value.form); !expression.empty()) {
        out["pattern"] = expression;
    }
    return out;
}

json schema_of_word(const schema_value& value) {
    json words = json::array();
    for (const schema_word& word : value.words) {
        if (word.supported) {
            words.push_back(word.name);
        }
    }
    return {{"enum", std::move(words)}};
}

json schema_of_list(const schema_value& value) {
    json out = {{"type", "array"}, {"items", schema_of(value.item.front())}};
    if (value.least_items > 0) {
        out["minItems"] = value.least_items;
    }
    out["maxItems"] = value.most_items;
    out["uniqueItems"] = true;
    return out;
}

/// What holds where the field is absent, in the field's type.
json default_of(const schema_field& field) {
    switch (field.value.kind) {
    case value_kind::boolean:
        return field.absent_as == "true";
    case value_kind::list: {
        json out = json::array();
        const std::vector<yaml_document> read = parse_yaml(field.absent_as);
        for (const yaml_node& item : read.front().root.items) {
            out.push_back(item.scalar);
        }
        return out;
    }
    case value_kind::integer:
        return json::parse(field.absent_as);
    case value_kind::text:
    case value_kind::word:
    case value_kind::size:
    case value_kind::duration:
    case value_kind::object:
    case value_kind::map:
    case value_kind::ignored:
        break;
    }
    return field.absent_as;
}

json schema_of_object(const schema_value& value) {
    json required = json::array();
    json properties = json::object();
    for (const schema_field& field : value.fields) {
        if (!field.supported) {
            continue;
        }
        json property = {{"description", field.description}};
        property.update(schema_of(field.value));
        if (!field.absent_as.empty()) {
            property["default"] = default_of(field);
        }
        properties[std::string(field.name)] = std::move(property);
        if (field.required) {
            required.push_back(field.name);
        }
    }
    json out = {{"type", "object"}, {"additionalProperties", false}};
    if (!required.empty()) {
        out["required"] = std::move(required);
    }
    out["properties"] = std::move(properties);
    return out;
}

// As deep as the table, which is ours.
json schema_of(const schema_value& value) { // NOLINT(misc-no-recursion)
    switch (value.kind) {
    case value_kind::text:
        return schema_of_text(value);
    case value_kind::word:
        return schema_of_word(value);
    case value_kind::boolean:
        return {{"type", "boolean"}};
    case value_kind::integer:
        return {{"type", "integer"}, {"minimum", value.minimum}, {"maximum", value.maximum}};
    case value_kind::object:
        return schema_of_object(value);
    case value_kind::list:
        return schema_of_list(value);
    case value_kind::size:
        return {{"type", {"string", "integer"}}, {"pattern", "^[0-9]+([KMG]i)?$"}};
    case value_kind::duration:
        return {{"type", "string"}, {"pattern", "^([0-9]+[hms])+$"}};
    case value_kind::map:
        return {
            {"type", "object"},
            {"additionalProperties", schema_of(value.item.front())},
            {"maxProperties", value.most_items},
        };
    case value_kind::ignored:
        break;
    }
    return json::object();
}

} // namespace

std::string json_schema(const schema_value& document, std::string_view title) {
    json out = {
        {"$schema", "http://json-schema.org/draft-07/schema#"},
        {"title", title},
    };
    out.update(schema_of(document));
    return out.dump(2) + '\n';
}

} // namespace gatehouse::policy
