// YAML to a tree: bounded, with positions inside the text; JSON gives the tree that it says.
#include "policy/yaml/tree.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>
#include <cstddef>

namespace gatehouse::fuzzing {
namespace {

constexpr policy::yaml_limits limits{
    .depth = 50,
    .nodes = 20'000,
    .text = 1'000'000,
    .documents = 100};

struct place_limits {
    std::size_t lines = 1;
    std::size_t columns = 1; ///< of the longest line, and one behind it
};

place_limits places_of(std::string_view text) {
    place_limits found;
    std::size_t column = 1;
    for (const char c : text) {
        ++column;
        if (c == '\n') {
            ++found.lines;
            column = 1;
        }
        found.columns = std::max(found.columns, column);
    }
    return found;
}

void require_inside(const policy::position& at, const place_limits& text) {
    require(at.line >= 1 && at.line <= text.lines, "a line of the text");
    require(at.column >= 1 && at.column <= text.columns, "a column of the text");
}

/// The number of nodes.
std::size_t walk(const policy::yaml_node& node, std::size_t depth, const place_limits& text) {
    require(depth <= limits.depth, "the depth is bounded");
    require_inside(node.at, text);
    require(
        node.items.empty() || node.kind == policy::yaml_kind::sequence, "items are a sequence's"
    );
    require(
        node.entries.empty() || node.kind == policy::yaml_kind::mapping, "entries are a mapping's"
    );
    std::size_t nodes = 1;
    for (const policy::yaml_node& item : node.items) {
        nodes += walk(item, depth + 1, text);
    }
    for (const auto& [key, value] : node.entries) {
        nodes += walk(key, depth + 1, text) + walk(value, depth + 1, text);
    }
    return nodes;
}

} // namespace

void fuzz_yaml_tree(std::string_view input) {
    const place_limits places = places_of(input);
    std::size_t nodes = 0;
    std::size_t number = 0;
    for (const policy::yaml_document& document : policy::parse_yaml(input, limits)) {
        require(document.number > number, "documents are counted upwards");
        number = document.number;
        if (document.has_problem) {
            require_message(document.problem.message, 400);
            require_inside(document.problem.at, places);
        } else if (!document.empty) {
            nodes += walk(document.root, 1, places);
        }
    }
    require(number <= limits.documents + 1, "the number of documents is bounded");
    require(nodes <= limits.nodes, "the number of nodes is bounded");
}

} // namespace gatehouse::fuzzing
