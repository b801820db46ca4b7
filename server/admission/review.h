#pragma once
// AdmissionReview bytes to a request value (admission.k8s.io/v1 and v1beta1; interface 4). Pure; what it
// returns lives in the arena. Three outcomes are kept apart: what is no review at all gets HTTP 400, a
// review whose object cannot be read is denied with code 400, and the rest is judged.

#include "policy/arena.h"
#include "policy/request.h"

#include <simdjson.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::server {

enum class review_kind : std::uint8_t {
    not_a_review, ///< `problem` says why
    unreadable,   ///< the uid is known; `problem` names the field
    let_through,  ///< nothing in it is judged
    judged,       ///< `request` is whole
};

struct decoded_review {
    review_kind kind = review_kind::not_a_review;
    std::string_view api_version; ///< a literal; set unless not_a_review
    policy::request request;      ///< its `about` is set unless not_a_review
    std::string problem;          ///< printable
};

[[nodiscard]] decoded_review decode_review(
    std::span<const char> body,
    simdjson::dom::parser& parser,
    policy::arena& memory
);

} // namespace gatehouse::server
