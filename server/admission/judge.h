#pragma once
// The whole way of one request body to one answer, without a socket: decode the AdmissionReview, judge
// it, write the response. Where policies ask for signatures it may stop halfway and say which evidence it
// needs. Pure, so `serve`, `check` and the tests share it; safe on any thread. Whatever goes wrong ends in
// HTTP 400 or in a denial, never in an allow (interface 4).

#include "policy/arena.h"
#include "policy/decide.h"
#include "policy/policy_set.h"
#include "policy/verdict.h"
#include "server/admission/review.h"

#include <simdjson.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
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
    std::vector<policy::unverified_use> unverified;
    std::size_t resolved_images = 0; ///< whose digest was looked up
};

struct judged_review {
    unsigned status = 500;         ///< HTTP: 200 with a review, 400 with plain text
    std::string_view content_type; ///< literal
    std::string body;
    review_outcome outcome;
};

/// Holds an ordinary pod without asking the heap piece by piece.
inline constexpr std::size_t review_memory = std::size_t{16} * 1024;

/// A review that waits for evidence. It owns whatever it refers to: nothing of the body or of the parser
/// is left in it, and the policies that it is judged by stay alive.
class pending_review {
  public:
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): an arena's bytes
    explicit pending_review(std::shared_ptr<const policy::policy_set> policies)
        : policies_(std::move(policies)), memory_(first_) {}
    pending_review(const pending_review&) = delete;
    pending_review& operator=(const pending_review&) = delete;
    ~pending_review() = default;

    /// The memory of the last one serves the next: a block of this size is dear to ask the heap for.
    static void* operator new(std::size_t size);
    static void operator delete(void* block) noexcept;

    /// Never empty.
    [[nodiscard]] const std::vector<policy::image_want>& wants() const noexcept {
        return plan_.wants;
    }

  private:
    friend class review_in_two_steps;

    std::shared_ptr<const policy::policy_set> policies_;
    std::array<std::byte, review_memory> first_;
    policy::arena memory_;
    decoded_review review_;
    policy::plan plan_;
};

using begun_review = std::variant<judged_review, std::unique_ptr<pending_review>>;

/// Judges one body as far as that goes without evidence: to its end, unless some is wanted. `body` is
/// followed by at least SIMDJSON_PADDING readable bytes that belong to it. Exceptions do not leave: one
/// that is caught gives a denial with code 500 and the request's uid, or HTTP 400 where the uid is not
/// known yet.
[[nodiscard]] begun_review begin_review(
    std::span<const char> body,
    simdjson::dom::parser& parser,
    const std::shared_ptr<const policy::policy_set>& policies,
    std::chrono::sys_seconds now
);

/// Ends a review: what it wants and `known` lacks could not be had. Exceptions as above.
[[nodiscard]] judged_review finish_review(
    std::unique_ptr<pending_review> pending,
    const policy::evidence& known
);

/// Both at once, for callers without evidence. `body` and exceptions as in begin_review().
[[nodiscard]] judged_review judge_review(
    std::span<const char> body,
    simdjson::dom::parser& parser,
    const policy::policy_set& policies,
    std::chrono::sys_seconds now
);

/// The parser's limit, without the levels of field sets (interface 4: more than 1,000 levels is HTTP 400).
inline constexpr std::size_t most_json_levels = 1000;

} // namespace gatehouse::server
