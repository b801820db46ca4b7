#include "server/admission/judge.h"

#include "tests/support/case_name.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <string>

namespace gatehouse::server {
namespace {

using nlohmann::json;
using policy::policy_set;
using testing_support::policies_of;
using testing_support::policy_with;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

const std::string bad_pod =
    R"({"metadata":{"name":"web"},"spec":{"containers":[{"name":"app","image":"a:bad"}]}})";
const std::string good_pod =
    R"({"metadata":{"name":"web"},"spec":{"containers":[{"name":"app","image":"a:1"}]}})";

/// A review of a CREATE by alice in prod; fields given replace or add to the request's.
json review(const std::string& object, const json& fields = json::object()) {
    json request = {
        {"uid", "u-1"},
        {"kind", {{"group", ""}, {"version", "v1"}, {"kind", "Pod"}}},
        {"resource", {{"group", ""}, {"version", "v1"}, {"resource", "pods"}}},
        {"name", "web"},
        {"namespace", "prod"},
        {"operation", "CREATE"},
        {"userInfo", {{"username", "alice"}, {"groups", {"team"}}}},
        {"object", json::parse(object)},
        {"oldObject", nullptr},
    };
    request.merge_patch(fields);
    return {
        {"apiVersion", "admission.k8s.io/v1"}, {"kind", "AdmissionReview"}, {"request", request}};
}

class Judge : public testing::Test {
  protected:
    judged_review judge(const std::string& body) {
        const simdjson::padded_string padded(body);
        return judge_review({padded.data(), padded.size()}, parser_, *policies_, now);
    }
    json response(const json& body) {
        const judged_review got = judge(body.dump());
        EXPECT_EQ(got.status, 200U) << got.body;
        return json::parse(got.body).at("response");
    }

    simdjson::dom::parser parser_;
    std::unique_ptr<policy_set> policies_ = policy_with("images: {denyTags: [bad]}");
};

TEST_F(Judge, AllowsInAFewWords) {
    EXPECT_EQ(
        judge(review(good_pod).dump()).body,
        R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u-1","allowed":true,)"
        R"("auditAnnotations":{"decision":"allow","policies":"p"}}})"
    );
}

TEST_F(Judge, DeniesWithEverythingAClientNeeds) {
    const std::string text =
        "container \"app\" image docker.io/library/a:bad has the denied tag bad; "
        "name a fixed version or a digest [p/image-tag]";
    EXPECT_EQ(
        response(review(bad_pod)),
        json({
            {"uid", "u-1"},
            {"allowed", false},
            {"auditAnnotations",
             {{"decision", "deny"}, {"policies", "p"}, {"violations", "p/image-tag"}}},
            {"status",
             {{"status", "Failure"},
              {"code", 403},
              {"reason", "Forbidden"},
              {"message", "Pod prod/web: " + text},
              {"details",
               {{"name", "web"},
                {"kind", "pods"},
                {"causes",
                 {{{"reason", "FieldValueForbidden"},
                   {"field", "spec.containers[0].image"},
                   {"message", text}}}}}}}},
        })
    );
}

TEST_F(Judge, TellsMetricsWhatHappened) {
    const judged_review got = judge(review(bad_pod).dump());
    EXPECT_EQ(got.outcome.uid, "u-1");
    EXPECT_EQ(got.outcome.operation, "CREATE");
    EXPECT_EQ(got.outcome.resource, "pods");
    EXPECT_EQ(got.outcome.decision, "deny");
    EXPECT_EQ(got.outcome.subject, "Pod prod/web");
    ASSERT_EQ(got.outcome.violations.size(), 1U);
    EXPECT_EQ(got.outcome.violations[0].policy, "p");
    EXPECT_EQ(got.outcome.violations[0].rule, policy::rule_id::image_tag);
}

TEST_F(Judge, AnswersV1beta1InKind) {
    json old = review(good_pod);
    old["apiVersion"] = "admission.k8s.io/v1beta1";
    EXPECT_EQ(json::parse(judge(old.dump()).body).at("apiVersion"), "admission.k8s.io/v1beta1");
}

TEST_F(Judge, EchoesTheUidByteForByte) {
    const std::string uid = "a\"b\\\n\x01 \xc3\xbc\xf0\x9f\x9a\xa2";
    EXPECT_EQ(response(review(good_pod, {{"uid", uid}})).at("uid"), uid);
    EXPECT_EQ(response(review(bad_pod, {{"uid", uid}})).at("uid"), uid);
}

TEST_F(Judge, SaysThatNoPolicyMatched) {
    policies_ = policy_with("match: {namespaces: [dev]}, images: {denyTags: [bad]}");
    EXPECT_EQ(
        response(review(bad_pod)).at("auditAnnotations"),
        json({{"decision", "allow"}, {"policies", ""}})
    );
    EXPECT_EQ(judge(review(bad_pod).dump()).outcome.decision, "unmatched");
}

TEST_F(Judge, NamesAPodByItsGenerateName) {
    const json got = response(review(
        R"({"metadata":{"generateName":"web-"},"spec":{"containers":[{"name":"app","image":"a:bad"}]}})",
        {{"name", ""}}
    ));
    EXPECT_THAT(std::string(got["status"]["message"]), testing::StartsWith("Pod prod/web-: "));
}

TEST_F(Judge, WarnsOfTemplates) {
    const json got = response(review(
        R"({"spec":{"template":)" + bad_pod + "}}",
        {{"kind", {{"group", "apps"}, {"kind", "Deployment"}}},
         {"resource", {{"group", "apps"}, {"resource", "deployments"}}}}
    ));
    EXPECT_EQ(got.at("allowed"), true);
    EXPECT_EQ(
        got.at("warnings"),
        json::array(
            {"Deployment prod/web: container \"app\" image docker.io/library/a:bad has the denied "
             "tag bad; name a fixed version or a digest [p/image-tag]"}
        )
    );
}

TEST_F(Judge, FindsTheTemplateOfACronJob) {
    policies_ = policy_with("workloads: Deny, images: {denyTags: [bad]}");
    const json got = response(review(
        R"({"spec":{"jobTemplate":{"spec":{"template":)" + bad_pod + "}}}}",
        {{"kind", {{"group", "batch"}, {"kind", "CronJob"}}},
         {"resource", {{"group", "batch"}, {"resource", "cronjobs"}}}}
    ));
    EXPECT_EQ(
        got["status"]["details"]["causes"][0]["field"],
        "spec.jobTemplate.spec.template.spec.containers[0].image"
    );
}

TEST_F(Judge, NamesUsedExemptions) {
    policies_ = policy_with("images: {denyTags: [bad]}, exemptions: [{name: e, reason: r, images: "
                            "[a], rules: [image-tag], "
                            "until: never}]");
    const json got = response(review(bad_pod));
    EXPECT_EQ(got.at("allowed"), true);
    EXPECT_EQ(got["auditAnnotations"]["exemptions"], "p/e");
    EXPECT_EQ(judge(review(bad_pod).dump()).outcome.exemptions.size(), 1U);
}

TEST_F(Judge, LetsThroughWhatIsNeverJudged) {
    const json got = response(review("null", {{"operation", "DELETE"}, {"object", nullptr}}));
    EXPECT_EQ(
        got,
        json({{"uid", "u-1"}, {"allowed", true}, {"auditAnnotations", {{"decision", "allow"}}}})
    );
}

TEST_F(Judge, JudgesEverythingWhereTheOldObjectCannotBeRead) {
    const json got =
        response(review(bad_pod, {{"operation", "UPDATE"}, {"oldObject", {{"spec", 1}}}}));
    EXPECT_EQ(got.at("allowed"), false);
}

TEST_F(Judge, SameBodyTwiceGivesTheSameAnswer) {
    const std::string body = review(bad_pod).dump();
    const std::string first = judge(body).body;
    EXPECT_NE(judge(review(good_pod).dump()).body, first);
    EXPECT_EQ(judge(body).body, first);
}

// --- what is no review, and what cannot be read

struct body_case {
    std::string name;
    std::string body;
    std::string problem;
};

class NotAReview : public Judge, public testing::WithParamInterface<body_case> {};

TEST_P(NotAReview, IsHttp400) {
    const judged_review got = judge(GetParam().body);
    EXPECT_EQ(got.status, 400U);
    EXPECT_EQ(got.content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(got.body, "not an AdmissionReview: " + GetParam().problem + "\n");
    EXPECT_EQ(got.outcome.decision, "error");
}

std::string without(const std::string& field) {
    json body = review(bad_pod);
    body["request"].erase(field);
    return body.dump();
}

std::string nested(std::size_t levels) {
    return R"({"x":)" + std::string(levels, '[') + std::string(levels, ']') + "}";
}

const std::string not_json = "the body is not JSON: ";
const std::string must_be_a_review =
    "it must be an AdmissionReview of admission.k8s.io/v1 or v1beta1";

INSTANTIATE_TEST_SUITE_P(
    Judge,
    NotAReview,
    testing::Values(
        body_case{"Null", "null", "the body is not a JSON object"},
        body_case{"List", "[]", "the body is not a JSON object"},
        body_case{"EmptyObject", "{}", must_be_a_review},
        body_case{
            "OtherVersion",
            R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v2","request":{}})",
            must_be_a_review},
        body_case{
            "KindIsANumber",
            R"({"kind":1,"apiVersion":"admission.k8s.io/v1"})",
            "review.kind: must be a string"},
        body_case{
            "NoRequest",
            R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"})",
            "request must be an object"},
        body_case{"NoUid", without("uid"), "request.uid must be a string that is not empty"},
        body_case{
            "EmptyUid",
            review(bad_pod, {{"uid", ""}}).dump(),
            "request.uid must be a string that is not empty"},
        body_case{
            "UidIsANumber",
            review(bad_pod, {{"uid", 1}}).dump(),
            "request.uid must be a string that is not empty"},
        body_case{
            "RequestTwice",
            R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{},"request":{}})",
            "review.request: stands twice in its object"}
    ),
    testing_support::case_name()
);

TEST_F(Judge, TakesAThousandLevelsAndNoMore) {
    // The object is one level, the lists are the rest.
    EXPECT_THAT(judge(nested(most_json_levels - 1)).body, testing::HasSubstr(must_be_a_review));
    EXPECT_THAT(judge(nested(most_json_levels)).body, testing::HasSubstr(not_json));
}

TEST_F(Judge, RefusesWhatIsNoJson) {
    for (const std::string body : {"", " ", "{", "{}x", "\xff", "{\"a\":1}{\"a\":1}"}) {
        const judged_review got = judge(body);
        EXPECT_EQ(got.status, 400U) << body;
        EXPECT_THAT(got.body, testing::StartsWith("not an AdmissionReview: " + not_json));
    }
}

TEST_F(Judge, RefusesKeysThatStandTwice) {
    const std::string whole = review(bad_pod).dump();
    for (const std::string key :
         {"\"operation\":", "\"object\":", "\"spec\":", "\"containers\":", "\"image\":"}) {
        std::string body = whole;
        body.insert(body.find(key), key + "\"a:1\",");
        const judged_review got = judge(body);
        EXPECT_EQ(got.status, 400U) << key;
        EXPECT_THAT(got.body, testing::HasSubstr("stands twice in its object")) << key;
    }
}

class Unreadable : public Judge, public testing::WithParamInterface<body_case> {};

TEST_P(Unreadable, IsDeniedWithCode400AndTheField) {
    const judged_review got = judge(GetParam().body);
    ASSERT_EQ(got.status, 200U) << got.body;
    const json response = json::parse(got.body).at("response");
    EXPECT_EQ(response.at("allowed"), false);
    EXPECT_EQ(response.at("uid"), "u-1");
    EXPECT_EQ(response["status"]["code"], 400);
    EXPECT_EQ(response["status"]["reason"], "BadRequest");
    EXPECT_EQ(response["status"]["message"], "cannot be judged: " + GetParam().problem);
    EXPECT_EQ(got.outcome.decision, "error");
}

const std::string unknown_operation =
    "request.operation: must be CREATE, UPDATE, DELETE or CONNECT";

INSTANTIATE_TEST_SUITE_P(
    Judge,
    Unreadable,
    testing::Values(
        body_case{
            "OperationUnknown",
            review(bad_pod, {{"operation", "PATCH"}}).dump(),
            unknown_operation},
        body_case{"OperationMissing", without("operation"), unknown_operation},
        body_case{
            "OperationIsANumber",
            review(bad_pod, {{"operation", 1}}).dump(),
            "request.operation: must be a string"},
        body_case{"ResourceMissing", without("resource"), "request.resource: must name a resource"},
        body_case{
            "GroupsIsText",
            review(bad_pod, {{"userInfo", {{"groups", "x"}}}}).dump(),
            "request.userInfo.groups: must be a list"},
        body_case{"ObjectNull", review("null").dump(), "object: must be an object"},
        body_case{"ObjectMissing", without("object"), "object: must be an object"},
        body_case{"ObjectIsText", review("\"x\"").dump(), "object: must be an object"},
        body_case{"SpecIsText", review(R"({"spec":"x"})").dump(), "object.spec: must be an object"},
        body_case{
            "OwnersIsText",
            review(R"({"metadata":{"ownerReferences":"x"},"spec":{}})").dump(),
            "object.metadata.ownerReferences: must be a list"},
        body_case{
            "NoTemplate",
            review(
                R"({"spec":{}})",
                {{"resource", {{"group", "apps"}, {"resource", "deployments"}}}}
            ).dump(),
            "object.spec.template: must be an object"}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::server
