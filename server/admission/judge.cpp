#include "server/admission/judge.h"

#include "policy/decide.h"
#include "policy/pod/workload.h"
#include "policy/text.h"
#include "server/admission/respond.h"

#include <array>
#include <exception>

namespace gatehouse::server {
namespace {

constexpr std::string_view json = "application/json";
constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::size_t longest_uid = 128;

std::string_view operation_label(policy::operation what) {
    switch (what) {
    case policy::operation::create:
        return "CREATE";
    case policy::operation::update:
        return "UPDATE";
    case policy::operation::remove:
        return "DELETE";
    case policy::operation::connect:
        return "CONNECT";
    }
    return "other";
}

/// One of the bounded label values of interface 4.3.
std::string_view resource_label(const policy::attributes& about) {
    if (about.resource == policy::group_resource{"", "pods"}) {
        if (about.sub_resource.empty()) {
            return "pods";
        }
        return about.sub_resource == "ephemeralcontainers" ? "pods/ephemeralcontainers" : "other";
    }
    const policy::workload_kind* workload =
        policy::workload_of_resource(about.resource.group, about.resource.resource);
    return workload != nullptr && about.sub_resource.empty() ? workload->resource : "other";
}

judged_review bad_request(std::string_view problem) {
    judged_review out{
        .status = 400,
        .content_type = plain_text,
        .body = std::string("not an AdmissionReview: ").append(problem).append("\n"),
        .outcome = {},
    };
    out.outcome.operation = "other";
    out.outcome.resource = "other";
    out.outcome.decision = "error";
    return out;
}

judged_review answer_to(const decoded_review& review) {
    judged_review out{.status = 200, .content_type = json, .body = {}, .outcome = {}};
    const policy::attributes& about = review.request.about;
    out.outcome.uid = policy::printable(about.uid, longest_uid);
    out.outcome.operation = operation_label(about.operation);
    out.outcome.resource = resource_label(about);
    return out;
}

void note(policy::verdict verdict, review_outcome& outcome) {
    outcome.decision = name_of(verdict.decision);
    for (const policy::violation& one : verdict.violations) {
        for (const std::string_view name : one.policies) {
            outcome.violations.push_back({name, one.rule, one.action});
        }
    }
    outcome.exemptions = std::move(verdict.exemptions);
    outcome.unverified = std::move(verdict.unverified);
    outcome.resolved_images = verdict.images.size();
}

std::string subject_of(const decoded_review& review) {
    const policy::request& request = review.request;
    return policy::subject_text(
        request.object_kind, request.about.namespace_name, request.object_name
    );
}

/// Requires: review.kind is judged.
judged_review answer_verdict(const decoded_review& review, policy::verdict verdict) {
    judged_review out = answer_to(review);
    out.outcome.subject = subject_of(review);
    out.body =
        respond_verdict({review.api_version, review.request.about.uid}, verdict, review.request);
    note(std::move(verdict), out.outcome);
    return out;
}

/// Requires: review.kind is neither judged nor not_a_review.
judged_review answer_unjudged(const decoded_review& review) {
    judged_review out = answer_to(review);
    out.outcome.subject = subject_of(review);
    const addressee to{review.api_version, review.request.about.uid};
    if (review.kind == review_kind::let_through) {
        out.outcome.decision = "allow";
        out.body = respond_let_through(to);
        return out;
    }
    out.outcome.decision = "error";
    out.body = respond_error(to, 400, "cannot be judged: " + review.problem);
    return out;
}

/// To be called where an exception was caught, whatever had been read by then.
judged_review answer_exception(const decoded_review& review) {
    if (review.kind == review_kind::not_a_review) {
        return bad_request("it could not be read");
    }
    judged_review out = answer_to(review);
    out.outcome.decision = "error";
    out.body = respond_error(
        {review.api_version, review.request.about.uid},
        500,
        "denied because of an internal error of the admission webhook; see its log"
    );
    return out;
}

/// A block that lies ready, on each thread.
struct ready_block {
    ready_block() = default;
    ready_block(const ready_block&) = delete;
    ready_block& operator=(const ready_block&) = delete;
    ~ready_block() { ::operator delete(block); }

    void* block = nullptr;
};
thread_local ready_block ready;

} // namespace

void* pending_review::operator new(std::size_t size) {
    static_assert(alignof(pending_review) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    const bool fits = size == sizeof(pending_review) && ready.block != nullptr;
    return fits ? std::exchange(ready.block, nullptr) : ::operator new(size);
}

void pending_review::operator delete(void* block) noexcept {
#ifndef __SANITIZE_ADDRESS__ // which is to see what reads a review that has ended
    if (ready.block == nullptr) {
        ready.block = block;
        return;
    }
#endif
    ::operator delete(block);
}

class review_in_two_steps {
  public:
    static begun_review begin(
        std::unique_ptr<pending_review> pending,
        std::span<const char> body,
        simdjson::dom::parser& parser,
        std::chrono::sys_seconds now
    ) {
        decoded_review& review = pending->review_;
        try {
            review = decode_review(body, parser, pending->memory_);
            if (review.kind == review_kind::not_a_review) {
                return bad_request(review.problem);
            }
            if (review.kind != review_kind::judged) {
                return answer_unjudged(review);
            }
            pending->plan_ = make_plan(review.request, *pending->policies_, now);
            if (!pending->plan_.wants.empty()) {
                return pending;
            }
            return answer_verdict(review, policy::decide(std::move(pending->plan_)));
        } catch (const std::exception&) {
            return answer_exception(review);
        }
    }

    static judged_review finish(pending_review& pending, const policy::evidence& known) {
        try {
            return answer_verdict(pending.review_, policy::decide(std::move(pending.plan_), known));
        } catch (const std::exception&) {
            return answer_exception(pending.review_);
        }
    }
};

begun_review begin_review(
    std::span<const char> body,
    simdjson::dom::parser& parser,
    const std::shared_ptr<const policy::policy_set>& policies,
    std::chrono::sys_seconds now
) {
    if (!policies->may_want_evidence()) {
        return judge_review(body, parser, *policies, now); // never waits: its memory is the stack's
    }
    try {
        return review_in_two_steps::begin(
            std::make_unique<pending_review>(policies), body, parser, now
        );
    } catch (const std::exception&) {
        return bad_request("it could not be read");
    }
}

judged_review finish_review(
    std::unique_ptr<pending_review> pending,
    const policy::evidence& known
) {
    return review_in_two_steps::finish(*pending, known);
}

judged_review judge_review(
    std::span<const char> body,
    simdjson::dom::parser& parser,
    const policy::policy_set& policies,
    std::chrono::sys_seconds now
) {
    std::array<std::byte, review_memory>
        first; // NOLINT(cppcoreguidelines-pro-type-member-init): an arena's
    policy::arena memory(first);
    decoded_review review;
    try {
        review = decode_review(body, parser, memory);
        if (review.kind == review_kind::not_a_review) {
            return bad_request(review.problem);
        }
        if (review.kind != review_kind::judged) {
            return answer_unjudged(review);
        }
        return answer_verdict(review, policy::decide(make_plan(review.request, policies, now)));
    } catch (const std::exception&) {
        return answer_exception(review);
    }
}

} // namespace gatehouse::server
