#pragma once
// Events to a tree: aliases are expanded here, against a budget that one text has for all its
// documents, so that a few hundred bytes cannot become gigabytes.

#include "policy/yaml/characters.h"
#include "policy/yaml/events.h"
#include "policy/yaml/line_index.h"
#include "policy/yaml/tree.h"

#include <cstddef>
#include <optional>
#include <span>

namespace gatehouse::policy {

/// From offsets in the text that was parsed to positions in the file.
struct yaml_places {
    const line_index& lines;
    const rewritten_text& parsed;
    std::size_t offset = 0; ///< of the document within the file

    [[nodiscard]] position at(std::size_t parsed_offset) const {
        return lines.at(offset + parsed.original(parsed_offset));
    }
};

struct built_tree {
    yaml_node root;
    std::optional<yaml_problem> problem; ///< then root means nothing
    yaml_limits left;                    ///< what the documents behind this one may still hold
};

/// Requires: events of one whole node.
[[nodiscard]] built_tree build_tree(
    std::span<const yaml_event> events,
    const yaml_places& places,
    const yaml_limits& limits
);

} // namespace gatehouse::policy
