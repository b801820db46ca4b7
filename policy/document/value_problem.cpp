// One value against the table: the field says of which type a scalar is, never its spelling.
#include "policy/document/check.h"
#include "policy/document/excerpt.h"
#include "policy/document/forms.h"
#include "policy/document/nearest.h"
#include "policy/document/quantity.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

constexpr std::string_view core_tags = "tag:yaml.org,2002:";

bool is_null_word(const yaml_node& node) {
    return node.plain
           && (node.scalar == "~" || node.scalar == "null" || node.scalar == "Null"
               || node.scalar == "NULL");
}

std::string_view core_tag_of(value_kind kind) {
    switch (kind) {
    case value_kind::text:
    case value_kind::word:
    case value_kind::size:
    case value_kind::duration:
        return "str";
    case value_kind::boolean:
        return "bool";
    case value_kind::integer:
        return "int";
    case value_kind::object:
    case value_kind::map:
        return "map";
    case value_kind::list:
        return "seq";
    case value_kind::ignored:
        return "";
    }
    return "";
}

bool has_foreign_tag(const yaml_node& node, value_kind kind) {
    return !node.tag.empty()
           && (!node.tag.starts_with(core_tags)
               || std::string_view(node.tag).substr(core_tags.size()) != core_tag_of(kind));
}

yaml_kind yaml_kind_of(value_kind kind) {
    switch (kind) {
    case value_kind::object:
    case value_kind::map:
        return yaml_kind::mapping;
    case value_kind::list:
        return yaml_kind::sequence;
    case value_kind::text:
    case value_kind::word:
    case value_kind::boolean:
    case value_kind::integer:
    case value_kind::size:
    case value_kind::duration:
    case value_kind::ignored:
        break;
    }
    return yaml_kind::scalar;
}

std::string_view noun_of(value_kind kind) {
    switch (kind) {
    case value_kind::object:
        return "a mapping of fields";
    case value_kind::map:
        return "a mapping of names to texts";
    case value_kind::list:
        return "a list";
    case value_kind::text:
    case value_kind::word:
    case value_kind::boolean:
    case value_kind::integer:
    case value_kind::size:
    case value_kind::duration:
    case value_kind::ignored:
        break;
    }
    return "one value";
}

std::string shown(const yaml_node& node) {
    switch (node.kind) {
    case yaml_kind::null:
        return "nothing";
    case yaml_kind::scalar:
        return excerpt_of(node.scalar);
    case yaml_kind::sequence:
        return "a list";
    case yaml_kind::mapping:
        return "a mapping";
    }
    return "nothing";
}

/// Characters, not bytes, as the JSON Schema counts.
std::size_t length(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

std::string text_problem(const yaml_node& node, const schema_value& wanted) {
    if (node.scalar.empty()) {
        return "must not be empty";
    }
    if (length(node.scalar) > wanted.most_characters) {
        return fmt::format("is longer than {} characters", wanted.most_characters);
    }
    return form_problem(wanted.form, node.scalar);
}

std::string word_problem(const yaml_node& node, const schema_value& wanted) {
    std::vector<std::string_view> known;
    for (const schema_word& word : wanted.words) {
        if (word.name == node.scalar) {
            return word.supported ? "" : "not supported yet";
        }
        if (word.supported) {
            known.push_back(word.name);
        }
    }
    if (known.size() == 1) {
        return fmt::format("must be {}, not {}", known.front(), shown(node));
    }
    const std::string_view nearest = nearest_word(node.scalar, known);
    if (!nearest.empty()) {
        return fmt::format("{} is unknown; did you mean {}?", shown(node), nearest);
    }
    return fmt::format("{} is unknown; it may be {}", shown(node), fmt::join(known, ", "));
}

std::string integer_problem(const yaml_node& node, const schema_value& wanted) {
    const std::optional<std::int64_t> value = integer_of(node);
    if (value && *value >= wanted.minimum && *value <= wanted.maximum) {
        return {};
    }
    return fmt::format(
        "must be a whole number from {} to {}, not {}", wanted.minimum, wanted.maximum, shown(node)
    );
}

std::string size_problem(const yaml_node& node, const schema_value& wanted) {
    const std::optional<std::int64_t> bytes = bytes_named(node.scalar);
    if (bytes && *bytes >= wanted.minimum && *bytes <= wanted.maximum) {
        return {};
    }
    return fmt::format(
        "must be a size from {} to {}, in bytes or with Ki, Mi or Gi, not {}",
        size_text(wanted.minimum),
        size_text(wanted.maximum),
        shown(node)
    );
}

std::string duration_problem(const yaml_node& node, const schema_value& wanted) {
    const std::optional<std::chrono::seconds> duration = duration_named(node.scalar);
    if (duration && duration->count() >= wanted.minimum && duration->count() <= wanted.maximum) {
        return {};
    }
    return fmt::format(
        "must be a duration from {} to {} of whole seconds, such as 90s or 1h30m, not {}",
        duration_text(std::chrono::seconds(wanted.minimum)),
        duration_text(std::chrono::seconds(wanted.maximum)),
        shown(node)
    );
}

std::string boolean_problem(const yaml_node& node) {
    if (node.scalar != "true" && node.scalar != "false") {
        return fmt::format("must be true or false, not {}", shown(node));
    }
    return node.plain || !node.tag.empty()
               ? ""
               : fmt::format("must be true or false without quotes, not {}", shown(node));
}

} // namespace

std::optional<std::int64_t> integer_of(const yaml_node& node) {
    const std::string& digits = node.scalar;
    const bool is_number =
        (node.plain || !node.tag.empty()) && !digits.empty() && digits.size() <= 18
        && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })
        && (digits.size() == 1 || digits.front() != '0'); // 010 is octal to some
    if (!is_number) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::string value_problem(const yaml_node& node, const schema_value& wanted) {
    if (has_foreign_tag(node, wanted.kind)) {
        return fmt::format("the tag {} is not supported here", quoted(node.tag, 80));
    }
    if (node.kind == yaml_kind::null) {
        return "is empty; write a value or leave it out";
    }
    if (is_null_word(node)) {
        return fmt::format(
            "is {}; write a value or leave it out (in quotes it is a text)", node.scalar
        );
    }
    if (node.kind != yaml_kind_of(wanted.kind)) {
        return fmt::format("must be {}, not {}", noun_of(wanted.kind), shown(node));
    }
    switch (wanted.kind) {
    case value_kind::text:
        return text_problem(node, wanted);
    case value_kind::word:
        return word_problem(node, wanted);
    case value_kind::boolean:
        return boolean_problem(node);
    case value_kind::integer:
        return integer_problem(node, wanted);
    case value_kind::size:
        return size_problem(node, wanted);
    case value_kind::duration:
        return duration_problem(node, wanted);
    case value_kind::object:
    case value_kind::map:
    case value_kind::list:
    case value_kind::ignored:
        return {};
    }
    return "this type of value is unknown";
}

} // namespace gatehouse::policy
