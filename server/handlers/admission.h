#pragma once
// POST /validate: a body to a verdict. Small bodies are judged on the loop thread with the one shared
// parser, because that takes less than handing them over; large ones in the pool, with a parser of their
// own that is freed afterwards, and the largest one at a time. A review that needs evidence waits for it
// within its own time, and what has not come by then could not be had. Loop thread only; outlives the loop.

#include "policy/policy_set.h"
#include "server/admission/judge.h"
#include "server/byte_budget.h"
#include "server/clock.h"
#include "server/cpu_pool.h"
#include "server/handler.h"
#include "server/parse_turn.h"

#include <simdjson.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

namespace gatehouse::server {

/// Is told of each review that was judged, on the loop thread.
class review_observer {
  public:
    review_observer() = default;
    review_observer(const review_observer&) = delete;
    review_observer& operator=(const review_observer&) = delete;
    virtual ~review_observer() = default;

    /// `took` is from the request's first byte to its answer. The policies that `outcome` names are alive.
    virtual void reviewed(
        const review_outcome& outcome,
        steady::duration took,
        std::size_t body_bytes
    ) = 0;
};

class admission {
  public:
    /// Above this a body leaves the loop thread.
    static constexpr std::size_t largest_on_loop = std::size_t{256} * 1024;
    /// Above this bodies are parsed one at a time.
    static constexpr std::size_t largest_in_parallel = std::size_t{2} * 1024 * 1024;

    /// The policies in force.
    using current_policies = std::function<std::shared_ptr<const policy::policy_set>()>;

    /// Gets evidence: at once where it is known, otherwise by the deadline or a little later.
    using evidence_answer = std::variant<policy::evidence, awaitable<policy::evidence>>;
    using evidence_source =
        std::function<evidence_answer(const std::vector<policy::image_want>&, tick_time deadline)>;

    /// All of these outlive this.
    struct services {
        loop& runs_on;
        cpu_pool& pool;
        byte_budget& budget;
        const clock& time;
        review_observer& observer;
    };

    admission(services with, current_policies policies, evidence_source evidence);
    admission(const admission&) = delete;
    admission& operator=(const admission&) = delete;

    /// HTTP 200 with a verdict, 400 for what is no AdmissionReview, 415 for another media type, 503 where
    /// the request's time ran out before its turn.
    [[nodiscard]] reply answer(const request_view& request);

  private:
    using policies_in_force = std::shared_ptr<const policy::policy_set>;

    [[nodiscard]] awaitable<response> answer_later(request_view request);
    /// Ends what has begun: at once, or when its evidence is there.
    [[nodiscard]] reply conclude(
        begun_review begun,
        policies_in_force policies,
        const request_view& request
    );
    [[nodiscard]] evidence_answer ask_for(const pending_review& what, const request_view& request);
    [[nodiscard]] awaitable<response> answer_with(
        awaitable<policy::evidence> evidence,
        std::unique_ptr<pending_review> pending,
        policies_in_force policies,
        request_view request
    );
    [[nodiscard]] response finish(judged_review judged, const request_view& request);
    [[nodiscard]] std::chrono::sys_seconds today() const;

    services with_;
    current_policies policies_;
    evidence_source evidence_;
    simdjson::dom::parser parser_;
    parse_turn middling_;
    parse_turn largest_;
};

} // namespace gatehouse::server
