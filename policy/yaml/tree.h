#pragma once
// YAML text as a tree that remembers where everything stood. Policies and manifests are both read
// through it: policies by schema (a scalar's type is the field's, never guessed), manifests as
// kubectl reads them (yaml/json.h). Bounded in depth, nodes and alias expansion. JSON is YAML's
// flow form, so JSON files take the same way.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// Where something stands in a file; both count from 1.
struct position {
    std::size_t line = 1;
    std::size_t column = 1;
    auto operator<=>(const position&) const = default;
};

enum class yaml_kind : std::uint8_t { null, scalar, sequence, mapping };

struct yaml_entry;

struct yaml_node {
    yaml_kind kind =
        yaml_kind::null; ///< null: nothing written at all; `~` and `null` are plain scalars
    position at;
    std::string scalar; ///< the text of a scalar, unescaped
    bool plain = false; ///< a scalar without quotes, block marker or tag: YAML would guess its type
    std::string tag;    ///< an explicit tag such as "tag:yaml.org,2002:str"; empty where none
    std::vector<yaml_node> items; ///< of a sequence
    /// Of a mapping, in order, duplicates kept; keys are nodes so that they have positions too.
    std::vector<yaml_entry> entries;
};

/// One entry of a mapping.
struct yaml_entry {
    yaml_node key;
    yaml_node value;
};

struct yaml_problem {
    position at;
    std::string message;
};

struct yaml_document {
    std::size_t number = 1; ///< counts from 1 within the text
    position at;            ///< of the document's first node
    std::string_view text;  ///< of the document, from its `---` on; a view of what was parsed
    bool empty = false;     ///< nothing but comments
    yaml_node root;         ///< meaningful where problem is absent
    bool has_problem = false;
    yaml_problem problem;
};

/// How much one text may hold before it is refused: a document of a few kilobytes can expand to
/// gigabytes through aliases.
struct yaml_limits {
    std::size_t depth = 200;
    std::size_t nodes = 1'000'000; ///< of all documents, aliases expanded
    /// Bytes of the text itself, and of all its scalars once aliases are expanded.
    std::size_t text = std::size_t{64} << 20;
    std::size_t documents = 100'000;
};

/// Every document of the text. After a syntax error in one, the next `---` document is still read.
/// Aliases are expanded (each counts its nodes again) and stand where the alias is written, what
/// they hold where it is written; merge keys are left as entries with key `<<`. Nothing written as
/// the value of a key stands where the key does. Text without any document gives none; a `---`
/// without content gives an empty one.
[[nodiscard]] std::vector<yaml_document> parse_yaml(
    std::string_view text,
    const yaml_limits& limits = {}
);

} // namespace gatehouse::policy
