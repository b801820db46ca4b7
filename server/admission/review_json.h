#pragma once
// The JSON of a review, without the parts that nothing here ever reads. Pure.

#include <simdjson.h>

#include <span>

namespace gatehouse::server {

/// As parser.parse(), but arrays that are long in real pods and that no rule reads come out empty:
/// managedFields (half of what an API server sends for a pod), env, envFrom, volumeMounts, tolerations.
/// Following them was most of the time that parsing took. Their text must still be UTF-8 in tokens of
/// JSON with matching brackets; numbers and commas in it are not looked at. `body` is followed by at
/// least SIMDJSON_PADDING readable bytes; requires: parser.capacity() >= body.size().
[[nodiscard]] simdjson::simdjson_result<simdjson::dom::element> parse_review_json(
    std::span<const char> body,
    simdjson::dom::parser& parser
);

} // namespace gatehouse::server
