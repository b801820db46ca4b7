#include "server/admission/judge.h"
#include "tests/support/judging.h"
#include "tests/support/review_builder.h"
#include "tests/support/signature_policies.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

/// Asks for signatures of reg.example; warns through an outage.
std::shared_ptr<const policy::policy_set> signature_policies() {
    policy::policy_document policy = policy_of({entry_of({signer("kms", {"P-256"})})});
    policy.signatures.front().tags = policy::tag_mode::allow;
    policy.on_registry_unavailable = policy::on_unavailable::warn;
    std::vector<policy::policy_document> all;
    all.push_back(std::move(policy));
    return std::make_shared<const policy::policy_set>(std::move(all));
}

std::string review_of(const std::string& uid, const std::string& image) {
    json pod = good_pod();
    pod["metadata"]["name"] = "pod-of-" + uid;
    pod["spec"]["containers"][0]["image"] = image;
    pod["spec"]["containers"][0]["name"] = "container-of-" + uid;
    json review = {
        {"apiVersion", "admission.k8s.io/v1"},
        {"kind", "AdmissionReview"},
        {"request",
         {{"uid", uid},
          {"kind", {{"group", ""}, {"version", "v1"}, {"kind", "Pod"}}},
          {"resource", {{"group", ""}, {"version", "v1"}, {"resource", "pods"}}},
          {"name", "pod-of-" + uid},
          {"namespace", "prod"},
          {"operation", "CREATE"},
          {"object", pod}}}};
    return review.dump();
}

class PendingReview : public testing::Test {
  protected:
    /// Begins a review whose body is overwritten and freed before this returns.
    begun_review begin(const std::string& body) {
        auto padded = std::make_unique<simdjson::padded_string>(body);
        begun_review begun =
            begin_review({padded->data(), padded->size()}, parser_, policies_, now);
        std::memset(padded->data(), 'x', padded->size());
        return begun;
    }
    std::unique_ptr<pending_review> pending(const std::string& body) {
        begun_review begun = begin(body);
        auto* out = std::get_if<std::unique_ptr<pending_review>>(&begun);
        EXPECT_NE(out, nullptr);
        return out == nullptr ? nullptr : std::move(*out);
    }

    simdjson::dom::parser parser_;
    std::shared_ptr<const policy::policy_set> policies_ = signature_policies();
};

policy::evidence evidence_for(const std::string& image, char digit, bool is_signed) {
    std::vector<policy::verified_signature> verified;
    if (is_signed) {
        verified.push_back(signed_by("P-256", digit));
    }
    policy::evidence out;
    out.images.push_back(evidence_of(image, digit, std::move(verified)));
    return out;
}

json response_of(const judged_review& judged) {
    EXPECT_EQ(judged.status, 200U);
    return json::parse(judged.body).at("response");
}

TEST_F(PendingReview, OwnsEverythingThatItEndsWith) {
    auto first = pending(review_of("first", "reg.example/first:1"));
    auto second = pending(review_of("second", "reg.example/second:2"));
    policies_.reset();
    parser_ = simdjson::dom::parser();
    ASSERT_EQ(first->wants().size(), 1U);
    EXPECT_EQ(first->wants()[0].image.text(), "reg.example/first:1");
    EXPECT_EQ(second->wants()[0].image.text(), "reg.example/second:2");

    const judged_review denied =
        finish_review(std::move(second), evidence_for("reg.example/second:2", 'b', false));
    const json of_second = response_of(denied);
    EXPECT_EQ(of_second.at("uid"), "second");
    EXPECT_EQ(
        of_second.at("status").at("message"),
        "Pod prod/pod-of-second: container \"container-of-second\" image reg.example/second:2 is "
        "not "
        "signed; sign "
            + digest_text('b') + " with a key of kms [p/image-signature]"
    );
    EXPECT_EQ(denied.outcome.subject, "Pod prod/pod-of-second");

    const json of_first =
        response_of(finish_review(std::move(first), evidence_for("reg.example/first:1", 'a', true))
        );
    EXPECT_EQ(of_first.at("uid"), "first");
    EXPECT_EQ(of_first.at("allowed"), true);
    EXPECT_EQ(
        of_first.at("auditAnnotations").at("images"), "reg.example/first:1=" + digest_text('a')
    );
}

TEST_F(PendingReview, EndsAtOnceWhereNothingIsWanted) {
    for (const char* image : {"other.example/app:1", "reg.example/App"}) {
        begun_review begun = begin(review_of("u", image));
        ASSERT_TRUE(std::holds_alternative<judged_review>(begun)) << image;
    }
    const begun_review unreadable = begin("{}");
    ASSERT_TRUE(std::holds_alternative<judged_review>(unreadable));
    EXPECT_EQ(std::get<judged_review>(unreadable).status, 400U);
}

TEST_F(PendingReview, EndsAtOnceUnderPoliciesWithoutSignatures) {
    policies_ = std::shared_ptr<const policy::policy_set>(policy_with("images: {denyTags: [bad]}"));
    const begun_review begun = begin(review_of("u", "reg.example/app:bad"));
    ASSERT_TRUE(std::holds_alternative<judged_review>(begun));
    EXPECT_EQ(std::get<judged_review>(begun).outcome.decision, "deny");
}

TEST_F(PendingReview, WithoutEvidenceIsADenial) {
    const json response =
        response_of(finish_review(pending(review_of("u", "reg.example/app:1")), {}));
    EXPECT_EQ(response.at("allowed"), false);
    EXPECT_THAT(
        response.at("status").at("message").get<std::string>(),
        HasSubstr("could not be verified: its signatures were not looked up; try again")
    );
    EXPECT_FALSE(response.at("auditAnnotations").contains("images"));
}

/// What a fact is left as when making its value threw.
struct thrown {
    operator policy::fetch_failure(
    ) const { // NOLINT(google-explicit-constructor): emplace converts
        throw std::runtime_error("no failure");
    }
};

TEST_F(PendingReview, ThatThrowsIsADenialWithItsUid) {
    policy::evidence known = evidence_for("reg.example/app:1", 'a', true);
    EXPECT_THROW(
        known.images.front().resolved.emplace<policy::fetch_failure>(thrown()), std::runtime_error
    );
    const judged_review judged =
        finish_review(pending(review_of("u-7", "reg.example/app:1")), known);
    const json response = response_of(judged);
    EXPECT_EQ(response.at("uid"), "u-7");
    EXPECT_EQ(response.at("allowed"), false);
    EXPECT_EQ(response.at("status").at("code"), 500);
    EXPECT_EQ(judged.outcome.decision, "error");
}

TEST_F(PendingReview, JudgedWithoutAskingIsADenial) {
    const simdjson::padded_string body(review_of("u", "reg.example/app:1"));
    const judged_review judged = judge_review({body.data(), body.size()}, parser_, *policies_, now);
    EXPECT_EQ(judged.outcome.decision, "deny");
}

TEST_F(PendingReview, TellsOfAnOutage) {
    policy::evidence known = evidence_for("reg.example/app:1", 'a', true);
    known.images.front().resolved = policy::fetch_failure{
        policy::failure_cause::server_error, "reg.example answered 503; try again", true};
    const judged_review judged = finish_review(pending(review_of("u", "reg.example/app:1")), known);
    const json response = response_of(judged);
    EXPECT_EQ(response.at("allowed"), true);
    EXPECT_EQ(response.at("auditAnnotations").at("unverified"), "p/reg.example/app:1=server_error");
    EXPECT_THAT(
        response.at("warnings").at(0).get<std::string>(),
        HasSubstr("could not be verified: reg.example answered 503; try again [p/image-signature]")
    );
    ASSERT_EQ(judged.outcome.unverified.size(), 1U);
    EXPECT_EQ(judged.outcome.unverified[0].cause, policy::failure_cause::server_error);
    EXPECT_EQ(judged.outcome.resolved_images, 0U);
}

TEST_F(PendingReview, WarnsOfOldFacts) {
    policy::evidence known = evidence_for("reg.example/app:1", 'a', true);
    known.images.front().stale = std::chrono::seconds(90);
    const judged_review judged = finish_review(pending(review_of("u", "reg.example/app:1")), known);
    EXPECT_EQ(
        response_of(judged).at("warnings"),
        json::array({"image reg.example/app:1 was judged by what was known of it 90 s ago: its "
                     "registry cannot be had now"})
    );
    EXPECT_EQ(judged.outcome.resolved_images, 1U);
}

} // namespace
} // namespace gatehouse::server
