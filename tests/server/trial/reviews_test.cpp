#include "server/trial/reviews.h"

#include "server/admission/review.h"
#include "tests/support/case_name.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace gatehouse::server {
namespace {

using testing::HasSubstr;
using testing_support::case_name;

trial_review review_that_is(trial_verdict wanted) {
    for (trial_review& one : trial_reviews()) {
        if (one.wanted == wanted) {
            return one;
        }
    }
    return {};
}

decoded_review decoded(const trial_review& one, policy::arena& memory) {
    simdjson::dom::parser parser;
    return decode_review(std::span<const char>(one.body), parser, memory);
}

// So no policy has a say in them.
TEST(TrialReviews, AreLetThroughUnreadableAndJudged) {
    policy::arena memory;
    EXPECT_EQ(
        decoded(review_that_is(trial_verdict::allowed), memory).kind, review_kind::let_through
    );
    EXPECT_EQ(decoded(review_that_is(trial_verdict::denied), memory).kind, review_kind::unreadable);
    EXPECT_EQ(
        decoded(review_that_is(trial_verdict::of_the_policies), memory).kind, review_kind::judged
    );
    EXPECT_EQ(trial_reviews().size(), 3U);
}

TEST(TrialReviews, AreDryRunsWithAUidOfTheirOwn) {
    const auto all = trial_reviews();
    for (const trial_review& one : all) {
        EXPECT_THAT(one.body, HasSubstr(R"("dryRun":true)"));
        EXPECT_THAT(one.body, HasSubstr(fmt::format(R"("uid":"{}")", one.uid)));
    }
    EXPECT_NE(all[0].uid, all[1].uid);
    EXPECT_NE(all[1].uid, all[2].uid);
}

std::string answer(const trial_review& to, std::string_view rest) {
    return fmt::format(
        R"({{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{{"uid":"{}",{}}}}})",
        to.uid,
        rest
    );
}

TEST(TrialAnswer, IsToldWithWarningsAndMessage) {
    const trial_review asked = review_that_is(trial_verdict::of_the_policies);
    EXPECT_EQ(
        read_trial_answer(asked, 200, answer(asked, R"("allowed":true,"warnings":["a","b\nc"])"))
            .value(),
        "allowed: a pod with the image nginx, by the policies in force\n"
        "  Warning: a\n"
        "  Warning: b\\nc\n"
    );
    EXPECT_EQ(
        read_trial_answer(
            asked,
            200,
            answer(
                asked, R"("allowed":false,"status":{"code":403,"message":"no:\n- a\n- b\u0007"})"
            )
        )
            .value(),
        "denied: a pod with the image nginx, by the policies in force: no:\n  - a\n  - b\\u{7}\n"
    );
}

TEST(TrialAnswer, SaysWhereItsMessageIsCut) {
    const trial_review asked = review_that_is(trial_verdict::of_the_policies);
    const auto told = [&](const std::string& message) {
        return read_trial_answer(
                   asked,
                   200,
                   answer(asked, R"("allowed":false,"status":{"message":")" + message + R"("})")
        )
            .value();
    };
    const std::string head =
        "denied: a pod with the image nginx, by the policies in force: no:\n  ";
    const std::string most(1020, 'x'); // with the line before it as long as a message may be
    EXPECT_EQ(told("no:\\n" + most), head + most + "\n");
    EXPECT_EQ(told("no:\\n" + most + "y"), head + most + "...\n");
    // Two bytes, of which one would be left.
    const std::string one_less(1019, 'x');
    EXPECT_EQ(told("no:\\n" + one_less + "\xc3\xa4"), head + one_less + "...\n");
}

TEST(TrialAnswer, MustBeWhatNoPolicyChanges) {
    const trial_review deletion = review_that_is(trial_verdict::allowed);
    EXPECT_EQ(
        read_trial_answer(deletion, 200, answer(deletion, R"("allowed":true)")).value(),
        "allowed: the deletion of a pod\n"
    );
    EXPECT_EQ(
        read_trial_answer(
            deletion, 200, answer(deletion, R"("allowed":false,"status":{"message":"no"})")
        )
            .error()
            .detail(),
        "the deletion of a pod was denied, which no policy can make it: no"
    );
    const trial_review broken = review_that_is(trial_verdict::denied);
    EXPECT_EQ(
        read_trial_answer(broken, 200, answer(broken, R"("allowed":true)")).error().detail(),
        "a pod that cannot be read was allowed, which no policy can make it"
    );
}

struct bad_answer {
    std::string name;
    unsigned status;
    std::string body;
    std::string wrong;
};

class BadTrialAnswer : public testing::TestWithParam<bad_answer> {};

TEST_P(BadTrialAnswer, IsToldWithWhatIsWrong) {
    const trial_review asked = review_that_is(trial_verdict::allowed);
    const auto got = read_trial_answer(asked, GetParam().status, GetParam().body);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().detail(), GetParam().wrong);
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    BadTrialAnswer,
    testing::Values(
        bad_answer{"AnotherStatus", 503, "too much\n", R"(it answered 503: too much\n)"},
        bad_answer{"NoJson", 200, "<html>", "its answer is not JSON (byte 1)"},
        bad_answer{"NoObject", 200, "[]", "it answered something else than an AdmissionReview"},
        bad_answer{
            "TooDeep",
            200,
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"00000000-0000-4000-8000-000000000000","allowed":true,"status":)"
                + std::string(400'000, '[') + std::string(400'000, ']') + "}}",
            "its answer has more than 100 levels"},
        bad_answer{
            "KeyTwice",
            200,
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"00000000-0000-4000-8000-000000000000","allowed":false,"allowed":true}})",
            R"(its answer has "allowed" twice)"},
        bad_answer{
            "StatusThatIsNone",
            200,
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"00000000-0000-4000-8000-000000000000","allowed":false,"status":["no"],"warnings":"w"}})",
            "the deletion of a pod was denied, which no policy can make it"},
        bad_answer{
            "AnotherVersion",
            200,
            R"({"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"})",
            "it answered something else than an AdmissionReview"},
        bad_answer{
            "NoResponse",
            200,
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"})",
            "its AdmissionReview has no response"},
        bad_answer{
            "AnotherUid",
            200,
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"x","allowed":true}})",
            "the answer has another uid than the question"},
        bad_answer{
            "NoVerdict",
            200,
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"00000000-0000-4000-8000-000000000000"}})",
            "the answer does not say whether it allows"}
    ),
    case_name()
);

} // namespace
} // namespace gatehouse::server
