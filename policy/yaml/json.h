#pragma once
// A YAML manifest as the JSON that kubectl would send for it: scalars by YAML 1.1 (yaml/scalar.h),
// merge keys applied, keys turned into strings, as sigs.k8s.io/yaml does over go-yaml 2. Stricter
// in three points, since a manifest that two readers read differently must not be judged: a key
// that stands twice in a mapping, a number that JSON has not and `!!binary` are refused. Merge keys
// act where they stand: what comes later wins, so a key written above its `<<` is replaced. Pure
// and safe on any thread.

#include "policy/yaml/tree.h"

#include <optional>
#include <string>

namespace gatehouse::policy {

/// The text, or what could not be turned into it and where.
struct yaml_as_json {
    std::string text;
    std::optional<yaml_problem> problem; ///< `text` is meaningless where it is set
};

[[nodiscard]] yaml_as_json json_of(const yaml_node& node);

} // namespace gatehouse::policy
