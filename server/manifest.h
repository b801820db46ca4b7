#pragma once
// The text of one manifest to the objects in it, as `kubectl apply -f` finds them: YAML or JSON,
// many documents, `List`s taken apart (interface 1.1). One document that cannot be read does not
// stop the others. For `gatehouse check`; pure, no file is opened here, safe on any thread. A text
// that begins with `{` or `[` is JSON if its first document is, and may hold several values one
// behind the other, with or without `---` between them; everything else is YAML.

#include "policy/yaml/tree.h"

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

/// Objects and errors in one source; beyond it the rest is one error.
inline constexpr std::size_t most_manifest_objects = 100'000;

/// Where an object stands: documents count from 1 in their source, items from 1 in their list.
struct manifest_place {
    std::size_t document = 1;
    std::optional<std::size_t> item; ///< only for what stands in a list
    bool operator==(const manifest_place&) const = default;
};

struct manifest_object {
    manifest_place place;
    std::string api_version;      ///< not empty
    std::string kind;             ///< not empty; never a list
    simdjson::padded_string json; ///< the object's text
};

struct manifest_error {
    manifest_place place;
    std::optional<policy::position> at; ///< absent where only the place is known
    std::string message;                ///< one printable line
};

struct manifest {
    std::vector<manifest_object> objects; ///< in order
    std::vector<manifest_error> errors;   ///< in order
    /// No document says anything: an empty text, comments, `null`. (An empty list says something.)
    bool is_empty = true;
};

[[nodiscard]] manifest read_manifest(
    std::string_view text,
    std::size_t most_objects = most_manifest_objects
);

} // namespace gatehouse::server
