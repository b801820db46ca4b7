#pragma once
// JSON to pod: strict where a rule reads, indifferent elsewhere. What cannot be read is an error
// that names the field, never a default. Everything kept is copied into the arena, so neither the
// JSON text nor the parser needs to outlive the call.

#include "policy/arena.h"
#include "policy/pod/pod.h"

#include <simdjson.h>

#include <string>
#include <string_view>

namespace gatehouse::policy {

/// The first thing that could not be read.
struct decode_error {
    std::string field;          ///< full path, "object.spec.containers[0].image"
    std::string problem;        ///< "must be a string"
    bool duplicate_key = false; ///< interface 4: HTTP 400 instead of a denial
};

/// Either the pod (in `memory`) or the first error.
struct decoded_pod {
    const pod* value = nullptr;
    decode_error error; ///< meaningful where value is null
};

/// Reads `{metadata, spec}` of a Pod or of a pod template. `path` is where the object stands, for
/// errors: "object", "object.spec.template". A pod without containers is an error.
[[nodiscard]] decoded_pod decode_pod(
    simdjson::dom::element object,
    std::string_view path,
    arena& memory
);

} // namespace gatehouse::policy
