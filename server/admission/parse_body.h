#pragma once
// The bytes of a review to a tree of JSON, without what no rule reads (field_sets.h). Pure.

#include <simdjson.h>

#include <span>

namespace gatehouse::server {

/// The tree lives in the parser. Behind the body simdjson::SIMDJSON_PADDING bytes must be readable.
/// Whatever simdjson says is wrong with the body, and MEMALLOC where it does not fit into memory.
[[nodiscard]] simdjson::simdjson_result<simdjson::dom::element> parse_body(
    std::span<const char> body,
    simdjson::dom::parser& parser
);

} // namespace gatehouse::server
