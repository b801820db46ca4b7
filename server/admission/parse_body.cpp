#include "server/admission/parse_body.h"

#include "server/admission/field_sets.h"
#include "server/admission/judge.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace gatehouse::server {
namespace {

/// simdjson looks for the code that suits this CPU when it is first used, and asks the heap for memory behind a
/// `noexcept` meanwhile: without memory, the process would end. So it is used before there is a review.
[[maybe_unused]] const std::string decoder_for_this_cpu =
    simdjson::get_active_implementation()->name();

/// Enough for most pods, so that a parser seldom grows.
constexpr std::size_t least_capacity = std::size_t{64} * 1024;

/// Between the two stages of simdjson's parse().
void without_field_sets(
    std::span<const char> body,
    simdjson::internal::dom_parser_implementation& stages
) {
    std::uint32_t* const places = stages.structural_indexes.get();
    const std::size_t found = stages.n_structural_indexes;
    const std::size_t kept = leave_out_field_sets(body, {places, found});
    // The second stage looks at the three entries behind the last, as the first stage has left them.
    std::copy_n(places + found, 3, places + kept);
    stages.n_structural_indexes = static_cast<std::uint32_t>(kept);
}

} // namespace

simdjson::simdjson_result<simdjson::dom::element> parse_body(
    std::span<const char> body,
    simdjson::dom::parser& parser
) {
    if (body.empty()) {
        return simdjson::EMPTY;
    }
    const std::size_t capacity = std::max(body.size(), least_capacity);
    if (parser.max_depth() != most_json_levels || parser.capacity() < body.size()) {
        if (const auto error = parser.allocate(capacity, most_json_levels)) {
            return error;
        }
    }
    if (parser.doc.capacity() < body.size()) {
        if (const auto error = parser.doc.allocate(capacity)) {
            return error;
        }
    }
    simdjson::internal::dom_parser_implementation& stages = *parser.implementation;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(body.data());
    if (const auto error = stages.stage1(bytes, body.size(), simdjson::stage1_mode::regular)) {
        return error;
    }
    without_field_sets(body, stages);
    if (const auto error = stages.stage2(parser.doc)) {
        return error;
    }
    return parser.doc.root();
}

} // namespace gatehouse::server
