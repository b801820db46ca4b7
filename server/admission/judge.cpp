#include "server/admission/judge.h"

#include "policy/decide.h"
#include "policy/pod/workload.h"
#include "policy/text.h"
#include "server/admission/respond.h"
#include "server/admission/review.h"

#include <array>
#include <exception>

namespace gatehouse::server {
namespace {

constexpr std::string_view json = "application/json";
constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::size_t inline_memory =
    std::size_t{16} * 1024; // holds an ordinary pod without the heap
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

/// Judges into `out`, which is filled step by step so that a caught exception can still be answered.
class review_judge {
  public:
    review_judge(const policy::policy_set& policies, std::chrono::sys_seconds now)
        : policies_(policies), now_(now) {}

    judged_review judge(const decoded_review& review) {
        judged_review out{.status = 200, .content_type = json, .body = {}, .outcome = {}};
        const policy::attributes& about = review.request.about;
        const addressee to{review.api_version, about.uid};
        out.outcome.uid = policy::printable(about.uid, longest_uid);
        out.outcome.operation = operation_label(about.operation);
        out.outcome.resource = resource_label(about);
        out.outcome.subject = policy::subject_text(
            review.request.object_kind, about.namespace_name, review.request.object_name
        );
        if (review.kind == review_kind::unreadable) {
            out.outcome.decision = "error";
            out.body = respond_error(to, 400, "cannot be judged: " + review.problem);
        } else if (review.kind == review_kind::let_through) {
            out.outcome.decision = "allow";
            out.body = respond_let_through(to);
        } else {
            const policy::plan plan = make_plan(review.request, policies_);
            policy::verdict verdict = decide(review.request, plan, now_);
            out.body = respond_verdict(to, verdict, review.request);
            note(std::move(verdict), out.outcome);
        }
        return out;
    }

  private:
    static void note(policy::verdict verdict, review_outcome& outcome) {
        outcome.decision = name_of(verdict.decision);
        for (const policy::violation& one : verdict.violations) {
            for (const std::string_view name : one.policies) {
                outcome.violations.push_back({name, one.rule, one.action});
            }
        }
        outcome.exemptions = std::move(verdict.exemptions);
    }

    const policy::policy_set& policies_;
    std::chrono::sys_seconds now_;
};

/// Requires: review.kind is not not_a_review.
judged_review denied_by_exception(const decoded_review& review) {
    judged_review out{.status = 200, .content_type = json, .body = {}, .outcome = {}};
    const policy::attributes& about = review.request.about;
    out.outcome.uid = policy::printable(about.uid, longest_uid);
    out.outcome.operation = operation_label(about.operation);
    out.outcome.resource = resource_label(about);
    out.outcome.decision = "error";
    out.body = respond_error(
        {review.api_version, about.uid},
        500,
        "denied because of an internal error of the admission webhook; see its log"
    );
    return out;
}

} // namespace

judged_review judge_review(
    std::span<const char> body,
    simdjson::dom::parser& parser,
    const policy::policy_set& policies,
    std::chrono::sys_seconds now
) {
    std::array<std::byte, inline_memory>
        first; // NOLINT(cppcoreguidelines-pro-type-member-init): an arena's
    policy::arena memory(first);
    decoded_review review;
    try {
        review = decode_review(body, parser, memory);
        if (review.kind == review_kind::not_a_review) {
            return bad_request(review.problem);
        }
        return review_judge(policies, now).judge(review);
    } catch (const std::exception&) {
        return review.kind == review_kind::not_a_review ? bad_request("it could not be read")
                                                        : denied_by_exception(review);
    }
}

} // namespace gatehouse::server
