#include "policy/document/check.h"

#include "policy/document/excerpt.h"
#include "policy/document/field_path.h"
#include "policy/document/nearest.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::policy {
namespace {

/// The path of the object that has a field of this name, for a field that stands elsewhere.
std::string home_of(std::string_view name, const schema_value& within, const std::string& path) {
    if (!path.empty() && field_named(within, name) != nullptr) {
        return path;
    }
    for (const schema_field& field : within.fields) {
        const bool is_list = field.value.kind == value_kind::list;
        const schema_value& inner = is_list ? field.value.item.front() : field.value;
        if (inner.kind == value_kind::object) {
            const std::string inner_path = below(path, field.name) + (is_list ? "[]" : "");
            if (std::string found = home_of(name, inner, inner_path); !found.empty()) {
                return found;
            }
        }
    }
    return {};
}

std::string unknown_field(
    std::string_view name,
    const schema_value& object,
    const schema_value& document
) {
    std::vector<std::string_view> known;
    for (const schema_field& field : object.fields) {
        known.push_back(field.name);
    }
    if (const std::string_view nearest = nearest_word(name, known); !nearest.empty()) {
        return fmt::format("unknown field; did you mean {}?", nearest);
    }
    if (const std::string home = home_of(name, document, ""); !home.empty()) {
        return fmt::format("unknown field here; it belongs in {}", home);
    }
    return fmt::format("unknown field; known here: {}", fmt::join(known, ", "));
}

constexpr std::size_t longest_map_name = 256;

class checker {
  public:
    checker(const schema_value& document, diagnostics& to) : document_(document), to_(to) {}

    void value(const yaml_node& node, const schema_value& wanted, const std::string& path) {
        if (to_.is_full()) {
            return;
        }
        if (wanted.kind == value_kind::ignored) {
            ignored(node, path);
            return;
        }
        if (std::string problem = value_problem(node, wanted); !problem.empty()) {
            to_.error(node.at, path, std::move(problem));
            return;
        }
        if (wanted.kind == value_kind::object) {
            object(node, wanted, path);
        } else if (wanted.kind == value_kind::list) {
            list(node, wanted, path);
        } else if (wanted.kind == value_kind::map) {
            map(node, wanted, path);
        }
    }

  private:
    void object(const yaml_node& node, const schema_value& wanted, const std::string& path) {
        keys(node, path);
        for (const auto& [key, inner] : node.entries) {
            if (!is_field_name(key)) {
                continue; // told by keys()
            }
            const schema_field* field = field_named(wanted, key.scalar);
            const std::string inner_path = below(path, key.scalar);
            if (to_.is_full()) {
                return;
            }
            if (field == nullptr) {
                to_.error(key.at, inner_path, unknown_field(key.scalar, wanted, document_));
            } else if (!field->supported) {
                to_.error(key.at, inner_path, "not supported yet");
            } else {
                value(inner, field->value, inner_path);
            }
        }
        for (const schema_field& field : wanted.fields) {
            const bool given = std::ranges::any_of(node.entries, [&](const auto& entry) {
                return is_field_name(entry.key) && entry.key.scalar == field.name;
            });
            if (field.required && !given) {
                to_.error(node.at, below(path, field.name), "is required");
            }
        }
    }

    void list(const yaml_node& node, const schema_value& wanted, const std::string& path) {
        if (node.items.size() < wanted.least_items) {
            to_.error(node.at, path, "must not be an empty list");
        }
        if (are_too_many(node.items.size(), "items", node, wanted, path)) {
            return;
        }
        const schema_value& item = wanted.item.front();
        std::unordered_map<std::string_view, position> seen;
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const yaml_node& one = node.items[i];
            value(one, item, item_of(path, i));
            if (one.kind != yaml_kind::scalar || one.scalar.empty()) {
                continue;
            }
            const auto [first, is_new] = seen.emplace(one.scalar, one.at);
            if (!is_new) {
                to_.error(
                    one.at,
                    item_of(path, i),
                    fmt::format(
                        "{} is listed twice; first in line {}",
                        excerpt_of(one.scalar),
                        first->second.line
                    )
                );
            }
        }
    }

    bool are_too_many(
        std::size_t number,
        std::string_view noun,
        const yaml_node& node,
        const schema_value& wanted,
        const std::string& path
    ) {
        if (number <= wanted.most_items) {
            return false;
        }
        to_.error(
            node.at,
            path,
            fmt::format("has {} {}; at most {} are allowed", number, noun, wanted.most_items)
        );
        return true;
    }

    void map(const yaml_node& node, const schema_value& wanted, const std::string& path) {
        keys(node, path);
        if (are_too_many(node.entries.size(), "entries", node, wanted, path)) {
            return;
        }
        for (const auto& [key, inner] : node.entries) {
            if (!is_field_name(key)) {
                continue; // told by keys()
            }
            if (key.scalar.empty() || key.scalar.size() > longest_map_name) {
                to_.error(
                    key.at, path, fmt::format("a name has 1 to {} characters", longest_map_name)
                );
            }
            value(inner, wanted.item.front(), below(path, key.scalar));
        }
    }

    /// Nothing in it is looked at, but even there a key given twice is no YAML.
    void ignored(const yaml_node& node, const std::string& path) {
        keys(node, path);
        for (const auto& [key, inner] : node.entries) {
            ignored(inner, is_field_name(key) ? below(path, key.scalar) : path);
        }
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            ignored(node.items[i], item_of(path, i));
        }
    }

    void keys(const yaml_node& node, const std::string& path) {
        std::unordered_map<std::string_view, position> seen;
        for (const auto& [key, inner] : node.entries) {
            if (key.plain && key.scalar == "<<") {
                to_.error(
                    key.at, path, "merge keys (\"<<\") are not supported; write the fields out"
                );
            } else if (!is_field_name(key)) {
                to_.error(key.at, path, "the name of a field must be one text");
            } else if (const auto [first, is_new] = seen.emplace(key.scalar, key.at); !is_new) {
                to_.error(
                    key.at,
                    below(path, key.scalar),
                    fmt::format("is given twice; first in line {}", first->second.line)
                );
            }
        }
    }

    static bool is_field_name(const yaml_node& key) {
        return key.kind == yaml_kind::scalar && !(key.plain && key.scalar == "<<");
    }

    const schema_value& document_;
    diagnostics& to_;
};

} // namespace

void check_document(const yaml_node& root, const schema_value& schema, diagnostics& to) {
    checker(schema, to).value(root, schema, "");
}

} // namespace gatehouse::policy
