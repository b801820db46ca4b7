#pragma once
// The request of an AdmissionReview without its objects: attributes are read, objects are only found.
// Used by review.h; what it returns lives in the reader's arena, the elements in the parser.

#include "policy/pod/json_reader.h"
#include "policy/request.h"

#include <simdjson.h>

#include <optional>
#include <string_view>

namespace gatehouse::server {

struct envelope {
    policy::attributes about; ///< the operation only where `operation` is one that we know
    std::optional<simdjson::dom::element> uid;
    std::optional<simdjson::dom::element> object;
    std::optional<simdjson::dom::element> old_object;
    std::string_view operation;
};

/// Reads as far as it can; an error stays in the reader. The uid is found even then, as it is needed to
/// answer in kind.
[[nodiscard]] envelope read_envelope(
    policy::json_reader& reader,
    simdjson::dom::element request,
    const policy::json_path& at
);

/// The operation of that name, or nothing: an unknown one is never let through.
[[nodiscard]] std::optional<policy::operation> operation_named(std::string_view name) noexcept;

/// What an object says of itself beside its pod.
struct object_head {
    std::string_view name;
    std::string_view generate_name;
    bool has_controller = false; ///< an owner reference has `controller: true`
};

[[nodiscard]] object_head read_head(
    policy::json_reader& reader,
    simdjson::dom::element object,
    const policy::json_path& at
);

} // namespace gatehouse::server
