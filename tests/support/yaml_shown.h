#pragma once
// A YAML tree as one line: plain text as it is, quoted text in quotes, nothing written as `-`,
// `!tag ` before what has one. For tests only.

#include "policy/yaml/tree.h"

#include <string>

namespace gatehouse::testing_support {

inline std::string shown(const policy::yaml_node& node) {
    std::string out = node.tag.empty() ? "" : "!" + node.tag + " ";
    const char* separator = "";
    switch (node.kind) {
    case policy::yaml_kind::null:
        return out + "-";
    case policy::yaml_kind::scalar:
        return node.plain ? out + node.scalar : out + '"' + node.scalar + '"';
    case policy::yaml_kind::sequence:
        out += "[";
        for (const policy::yaml_node& item : node.items) {
            out += separator + shown(item);
            separator = ", ";
        }
        return out + "]";
    case policy::yaml_kind::mapping:
        out += "{";
        for (const auto& [key, value] : node.entries) {
            out += separator + shown(key) + ": " + shown(value);
            separator = ", ";
        }
        return out + "}";
    }
    return out;
}

inline std::string shown(const policy::yaml_document& document) {
    if (document.has_problem) {
        return std::to_string(document.problem.at.line) + ":"
               + std::to_string(document.problem.at.column) + ": " + document.problem.message;
    }
    return document.empty ? "empty" : shown(document.root);
}

} // namespace gatehouse::testing_support
