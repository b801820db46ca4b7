#pragma once
// The whole way of one request body to one answer, without a socket: decode the AdmissionReview, judge
// it, write the response. Pure, so `serve`, `check` and the tests share it; safe on any thread.
// Whatever goes wrong ends in HTTP 400 or in a denial, never in an allow (interface 4).

#include "policy/arena.h"
#include "policy/policy_set.h"
#include "policy/verdict.h"

#include <simdjson.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

/// What metrics and the log want to know of one review. Static labels are literals of interface 4.3;
/// policy names live as long as the policy set.
struct review_outcome {
    struct counted_violation {
        std::string_view policy;
        policy::rule_id rule;
        policy::action action;
    };
    std::string uid;            ///< printable, bounded; empty for what is no AdmissionReview
    std::string_view operation; ///< "CREATE", ..., "other"
    std::string_view resource;  ///< "pods", "deployments", ..., "other"
    std::string_view decision;  ///< "allow", "deny", "error", "unmatched"
    std::string subject;        ///< "Pod prod/web", printable; empty where unknown
    std::vector<counted_violation> violations;
    std::vector<policy::exemption_use> exemptions;
};

struct judged_review {
    unsigned status = 500;         ///< HTTP: 200 with a review, 400 with plain text
    std::string_view content_type; ///< literal
    std::string body;
    review_outcome outcome;
};

/// Judges one body. `body` is followed by at least SIMDJSON_PADDING readable bytes that belong to it.
/// Exceptions do not leave: one that is caught gives a denial with code 500 and the request's uid,
/// or HTTP 400 where the uid is not known yet.
[[nodiscard]] judged_review judge_review(
    std::span<const char> body,
    simdjson::dom::parser& parser,
    const policy::policy_set& policies,
    std::chrono::sys_seconds now
);

/// The parser's limit (interface 4: more than 1,000 levels is HTTP 400).
inline constexpr std::size_t most_json_levels = 1000;

} // namespace gatehouse::server
