#include "policy/document/section.h"

#include "policy/document/check.h"
#include "policy/document/field_path.h"
#include "policy/document/quantity.h"

#include <algorithm>
#include <utility>

namespace gatehouse::policy {

section::section(
    const yaml_node& node,
    const schema_value& schema,
    std::string path,
    decode_context& context
)
    : node_(&node), schema_(&schema), path_(std::move(path)), context_(&context) {}

section::found section::find(std::string_view field) const {
    const auto entry = std::ranges::find_if(node_->entries, [&](const auto& one) {
        return one.key.kind == yaml_kind::scalar && one.key.scalar == field;
    });
    if (entry == node_->entries.end()) {
        return {};
    }
    return {&entry->key, &entry->value, field_named(*schema_, field)};
}

bool section::is_good(const yaml_node& node, const schema_value& wanted) const {
    if (value_problem(node, wanted).empty()) {
        return true;
    }
    ++context_->passed_over;
    return false;
}

section::found section::find_good(std::string_view field) const {
    const found there = find(field);
    if (there.name == nullptr) {
        return {};
    }
    if (there.field == nullptr || !there.field->supported) {
        ++context_->passed_over;
        return {};
    }
    return is_good(*there.value, there.field->value) ? there : found{};
}

bool section::has(std::string_view field) const { return find(field).name != nullptr; }

std::optional<section> section::object(std::string_view field) const {
    const found there = find_good(field);
    if (there.name == nullptr) {
        return std::nullopt;
    }
    return section(*there.value, there.field->value, below(path_, field), *context_);
}

std::vector<section> section::objects(std::string_view field) const {
    std::vector<section> out;
    const found there = find_good(field);
    if (there.name == nullptr) {
        return out;
    }
    const schema_value& item = there.field->value.item.front();
    const std::string path = below(path_, field);
    for (std::size_t i = 0; i < there.value->items.size(); ++i) {
        if (is_good(there.value->items[i], item)) {
            out.emplace_back(there.value->items[i], item, item_of(path, i), *context_);
        }
    }
    return out;
}

std::optional<std::string> section::text(std::string_view field) const {
    const found there = find_good(field);
    return there.name == nullptr ? std::nullopt : std::optional(there.value->scalar);
}

std::vector<section::text_item> section::texts(std::string_view field) const {
    std::vector<text_item> out;
    const found there = find_good(field);
    if (there.name == nullptr) {
        return out;
    }
    const schema_value& item = there.field->value.item.front();
    const std::string path = below(path_, field);
    for (std::size_t i = 0; i < there.value->items.size(); ++i) {
        const yaml_node& one = there.value->items[i];
        if (is_good(one, item)) {
            out.push_back({one.scalar, one.at, item_of(path, i)});
        }
    }
    return out;
}

std::optional<bool> section::boolean(std::string_view field) const {
    const found there = find_good(field);
    return there.name == nullptr ? std::nullopt : std::optional(there.value->scalar == "true");
}

std::optional<std::int64_t> section::integer(std::string_view field) const {
    const found there = find_good(field);
    return there.name == nullptr ? std::nullopt : integer_of(*there.value);
}

std::optional<std::int64_t> section::bytes(std::string_view field) const {
    const found there = find_good(field);
    return there.name == nullptr ? std::nullopt : bytes_named(there.value->scalar);
}

std::optional<std::chrono::seconds> section::duration(std::string_view field) const {
    const found there = find_good(field);
    return there.name == nullptr ? std::nullopt : duration_named(there.value->scalar);
}

std::vector<std::pair<std::string, std::string>> section::named_texts(std::string_view field
) const {
    std::vector<std::pair<std::string, std::string>> out;
    const found there = find_good(field);
    if (there.name == nullptr) {
        return out;
    }
    for (const auto& [key, value] : there.value->entries) {
        if (is_good(value, there.field->value.item.front())) {
            out.emplace_back(key.scalar, value.scalar);
        }
    }
    return out;
}

position section::value_at(std::string_view field) const { return find(field).value->at; }

void section::error(std::string message) const {
    context_->to.error(node_->at, path_, std::move(message));
}

void section::error_at(std::string_view field, std::string message) const {
    context_->to.error(value_at(field), below(path_, field), std::move(message));
}

void section::error_at(const text_item& about, std::string message) const {
    context_->to.error(about.at, about.path, std::move(message));
}

void section::error_at_name(std::string_view field, std::string message) const {
    context_->to.error(find(field).name->at, below(path_, field), std::move(message));
}

void section::missing(std::string_view field, std::string message) const {
    context_->to.error(node_->at, below(path_, field), std::move(message));
}

void section::warning(const text_item& about, std::string message) const {
    context_->to.warning(about.at, about.path, std::move(message));
}

} // namespace gatehouse::policy
