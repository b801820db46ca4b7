// Exceptions in the middle of a review: every allocation on its way fails once. Whatever had been done by
// then, it ends in a denial with the request's uid, or in HTTP 400 where nobody knows the uid yet.
#include "server/admission/judge.h"
#include "tests/bench/heap_counter.h"
#include "tests/support/judging.h"
#include "tests/support/review_builder.h"
#include "tests/support/signature_policies.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
const std::string uid = "705ab4f5-6393-11e8-b7cc-42010a800002";

std::shared_ptr<const policy::policy_set> signature_policies() {
    std::vector<policy::policy_document> all;
    all.push_back(policy_of({entry_of({signer("kms", {"P-256"})})}));
    all.front().signatures.front().tags = policy::tag_mode::allow;
    return std::make_shared<const policy::policy_set>(std::move(all));
}

policy::evidence signed_app() {
    policy::evidence known;
    known.images = {evidence_of("reg.example/app:1", 'a', {signed_by("P-256", 'a')})};
    return known;
}

/// A pod that is let in, of enough parts that reading and judging it asks the heap.
json allowed_pod() {
    json pod = good_pod();
    pod["metadata"]["annotations"]["filling"] = std::string(2 * review_memory, 'x');
    for (int i = 0; i < 200; ++i) {
        pod["spec"]["containers"].push_back(
            {{"name", "container-" + std::to_string(i)}, {"image", "reg.example/app:1"}}
        );
    }
    return pod;
}

class OutOfMemory : public testing::Test {
  protected:
    using step = std::function<std::optional<judged_review>()>;

    /// Runs `what` with one allocation after the other failing, until all have; nothing is no answer yet.
    void fail_each_allocation_of(const step& what) {
        for (std::uint64_t which = 0;; ++which) {
            std::optional<judged_review> judged;
            bool has_failed = false;
            {
                const bench::failing_heap failing(which);
                judged = what();
                has_failed = failing.has_failed();
            }
            if (!has_failed) {
                EXPECT_GT(which, 0U) << "nothing was broken";
                return;
            }
            ASSERT_TRUE(judged) << "goes on behind failed allocation " << which;
            expect_refusal(*judged);
        }
    }

    void expect_refusal(const judged_review& judged) {
        EXPECT_EQ(judged.outcome.decision, "error");
        if (judged.status == 400) {
            ++without_uid;
            EXPECT_THAT(
                judged.body,
                testing::AnyOf(
                    "not an AdmissionReview: it could not be read\n",
                    "not an AdmissionReview: the body does not fit into memory\n"
                )
            );
            return;
        }
        ++with_uid;
        EXPECT_EQ(judged.status, 200U);
        const json response = json::parse(judged.body).at("response");
        EXPECT_EQ(response.at("uid"), uid);
        EXPECT_EQ(response.at("allowed"), false);
        EXPECT_EQ(response.at("status").at("code"), 500);
        EXPECT_EQ(
            response.at("status").at("message"),
            "denied because of an internal error of the admission webhook; see its log"
        );
    }

    simdjson::dom::parser parser_;
    const simdjson::padded_string body_{review_of(allowed_pod())};
    std::size_t with_uid = 0;
    std::size_t without_uid = 0;
};

TEST_F(OutOfMemory, WhileAReviewBeginsIsARefusal) {
    const auto policies = signature_policies();
    fail_each_allocation_of([&]() -> std::optional<judged_review> {
        begun_review begun = begin_review({body_.data(), body_.size()}, parser_, policies, now);
        auto* judged = std::get_if<judged_review>(&begun);
        return judged == nullptr ? std::nullopt : std::optional(std::move(*judged));
    });
    EXPECT_GT(with_uid, 0U);
    EXPECT_GT(without_uid, 0U);
}

TEST_F(OutOfMemory, WhileAReviewEndsIsADenial) {
    const auto policies = signature_policies();
    const policy::evidence known = signed_app();
    for (std::uint64_t which = 0;; ++which) {
        begun_review begun = begin_review({body_.data(), body_.size()}, parser_, policies, now);
        auto& pending = std::get<std::unique_ptr<pending_review>>(begun);
        judged_review judged;
        bool has_failed = false;
        {
            const bench::failing_heap failing(which);
            judged = finish_review(std::move(pending), known);
            has_failed = failing.has_failed();
        }
        if (!has_failed) {
            EXPECT_EQ(judged.outcome.decision, "allow");
            break;
        }
        expect_refusal(judged);
    }
    EXPECT_GT(with_uid, 0U);
    EXPECT_EQ(without_uid, 0U);
}

TEST_F(OutOfMemory, UnderPoliciesThatWantNoEvidenceIsARefusal) {
    const auto policies = policy_with("runAs: {runAsUser: {rule: MustRunAsNonRoot}}");
    fail_each_allocation_of([&]() -> std::optional<judged_review> {
        return judge_review({body_.data(), body_.size()}, parser_, *policies, now);
    });
    EXPECT_GT(with_uid, 0U);
}

} // namespace
} // namespace gatehouse::server
