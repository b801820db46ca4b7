#include "policy/document/schema_values.h"

#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::size_t most_patterns = 256;
constexpr std::size_t most_pattern_characters = 512;
constexpr std::int64_t largest_id = 2147483647; // what Kubernetes allows for users and groups

} // namespace

schema_value ignored_value() { return {}; }

schema_value text_value(text_form form, std::size_t most_characters) {
    return {.kind = value_kind::text, .form = form, .most_characters = most_characters};
}

schema_value word_value(std::vector<schema_word> words) {
    return {.kind = value_kind::word, .words = std::move(words)};
}

schema_value boolean_value() { return {.kind = value_kind::boolean}; }

schema_value id_value() { return integer_value(0, largest_id); }

schema_value integer_value(std::int64_t minimum, std::int64_t maximum) {
    return {.kind = value_kind::integer, .minimum = minimum, .maximum = maximum};
}

schema_value size_value(std::int64_t minimum, std::int64_t maximum) {
    return {.kind = value_kind::size, .minimum = minimum, .maximum = maximum};
}

schema_value duration_value(std::chrono::seconds maximum) {
    return {.kind = value_kind::duration, .minimum = 0, .maximum = maximum.count()};
}

schema_value list_value(schema_value item, std::size_t least, std::size_t most) {
    return {
        .kind = value_kind::list,
        .item = {std::move(item)},
        .least_items = least,
        .most_items = most,
    };
}

schema_value map_value(schema_value item, std::size_t most) {
    return {.kind = value_kind::map, .item = {std::move(item)}, .most_items = most};
}

schema_field api_version_field() {
    return {
        .name = "apiVersion",
        .description = "The version of this format.",
        .value = word_value({{"gatehouse.dev/v1alpha1"}}),
        .required = true,
    };
}

schema_field kind_field(std::string_view kind) {
    return {
        .name = "kind",
        .description = "The kind of this document.",
        .value = word_value({{kind}}),
        .required = true,
    };
}

schema_value object_value(std::vector<schema_field> fields) {
    return {.kind = value_kind::object, .fields = std::move(fields)};
}

schema_value include_list(text_form form) {
    return list_value(text_value(form, most_pattern_characters), 1, most_patterns);
}
schema_value exclude_list(text_form form) {
    return list_value(text_value(form, most_pattern_characters), 0, most_patterns);
}

schema_value validation_actions_value() {
    return list_value(word_value({{"Deny"}, {"Warn"}, {"Audit"}}), 1, 3);
}

schema_field section_actions_field() {
    return {
        .name = "validationActions",
        .description = "What findings of this section do; absent: what the policy says.",
        .value = validation_actions_value(),
    };
}

} // namespace gatehouse::policy
