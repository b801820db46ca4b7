// What is no AdmissionReview, or holds an object that cannot be read: HTTP 400 in text/plain, or a
// denial with code 400 that names the field. Never an allow, and the server goes on.

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/test_server.h"
#include "tests/support/case_name.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

/// `text` with its only `from` replaced.
std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
        throw std::runtime_error(from + " must be in the review once");
    }
    return text.replace(at, from.size(), to);
}

std::string bad_review() { return review_of(bad_pod()); }

std::string without(const std::string& field) {
    json review = review_builder(bad_pod()).document();
    review["request"].erase(field);
    return review.dump();
}

std::string nested(std::size_t levels, const std::string& open, const std::string& close) {
    std::string out;
    for (std::size_t i = 0; i < levels; ++i) {
        out += open;
    }
    out += "1";
    for (std::size_t i = 0; i < levels; ++i) {
        out += close;
    }
    return out;
}

struct body_case {
    std::string name;
    std::string body;
    std::string answer;
};

constexpr const char* wrong_kind =
    "it must be an AdmissionReview of admission.k8s.io/v1 or v1beta1";
constexpr const char* no_uid = "request.uid must be a string that is not empty";
constexpr const char* not_utf8 = "the body is not JSON: The input is not valid UTF-8";
constexpr const char* no_number = "the body is not JSON: Problem while parsing a number";
constexpr const char* too_deep =
    "the body is not JSON: The JSON document was too deep (too many nested objects and arrays)";
constexpr const char* no_structure =
    "the body is not JSON: The JSON document has an improper structure: missing or superfluous "
    "commas, braces, missing keys, etc.";
constexpr const char* no_object = "object: must be an object";
constexpr const char* no_operation = "request.operation: must be CREATE, UPDATE, DELETE or CONNECT";

class MalformedReview : public testing::TestWithParam<body_case> {};

TEST_P(MalformedReview, GetsHttp400InPlainText) {
    const http_response answer = ask(shared_server().port(), GetParam().body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.field("content-type"), testing::StartsWith("text/plain"));
    EXPECT_EQ(answer.body, "not an AdmissionReview: " + GetParam().answer + "\n");
    EXPECT_EQ(verdict_on(shared_server().port(), review_of(good_pod())).at("allowed"), true);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    MalformedReview,
    testing::Values(
        body_case{"Empty", "", "the body is not JSON: Empty: no JSON found"},
        body_case{"Garbage", std::string("\x00\x01garbage\xff", 10), not_utf8},
        body_case{"Null", "null", "the body is not a JSON object"},
        body_case{"List", "[]", "the body is not a JSON object"},
        body_case{"EmptyObject", "{}", wrong_kind},
        body_case{
            "CutInTheMiddle",
            bad_review().substr(0, 300),
            "the body is not JSON: A string is opened, but never closed."},
        body_case{"SomethingBehind", bad_review() + "}", no_structure},
        body_case{"APod", bad_pod().dump(), wrong_kind},
        body_case{
            "OtherVersion",
            replaced(bad_review(), "admission.k8s.io/v1", "admission.k8s.io/v2"),
            wrong_kind},
        body_case{
            "OtherKind",
            replaced(bad_review(), "AdmissionReview", "AdmissionRequest"),
            wrong_kind},
        body_case{
            "NoRequest",
            R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"})",
            "request must be an object"},
        body_case{"NoUid", without("uid"), no_uid},
        body_case{"UidIsANumber", review_builder(bad_pod()).with("uid", 17).text(), no_uid},
        body_case{
            "InvalidUtf8",
            replaced(bad_review(), "evil.example", "reg.example/\xc3\x28"),
            not_utf8},
        body_case{
            "OverlongUtf8",
            replaced(bad_review(), "evil.example", "reg.example\xc0\xaf"),
            not_utf8},
        body_case{
            "DuplicateSpec",
            replaced(
                bad_review(),
                R"("spec":)",
                R"("spec":)" + good_pod()["spec"].dump() + R"(,"spec":)"
            ),
            "object.spec: stands twice in its object"},
        body_case{
            "DuplicateOperation",
            replaced(bad_review(), R"("operation":)", R"("operation":"DELETE","operation":)"),
            "request.operation: stands twice in its object"},
        body_case{
            "DuplicateImage",
            replaced(bad_review(), R"("image":)", R"("image":"reg.example/app:1","image":)"),
            "object.spec.containers[0].image: stands twice in its object"},
        body_case{
            "DeepUnknownField",
            replaced(
                bad_review(),
                R"("dryRun":)",
                R"("x":)" + nested(10'000, "[", "]") + R"(,"dryRun":)"
            ),
            too_deep},
        body_case{
            "DeepPod",
            replaced(
                bad_review(),
                R"("containers":)",
                R"("x":)" + nested(10'000, R"({"a":)", "}") + R"(,"containers":)"
            ),
            too_deep},
        body_case{
            "RunAsUserBeyond64Bits",
            replaced(
                bad_review(),
                R"("containers":)",
                R"("securityContext":{"runAsUser":18446744073709551616},"containers":)"
            ),
            no_number},
        body_case{
            "RunAsUserBeyondEveryNumber",
            replaced(
                bad_review(),
                R"("containers":)",
                R"("securityContext":{"runAsUser":1e400},"containers":)"
            ),
            no_number},
        body_case{"OpenBracketsWithoutEnd", std::string(100'000, '['), no_structure}
    ),
    case_name()
);

class UnreadableObject : public testing::TestWithParam<body_case> {};

TEST_P(UnreadableObject, IsDeniedWithCode400AndTheFieldsName) {
    const json response = verdict_on(shared_server().port(), GetParam().body);
    EXPECT_EQ(response.at("allowed"), false);
    EXPECT_EQ(response.at("status").at("code"), 400);
    EXPECT_EQ(message_of(response), "cannot be judged: " + GetParam().answer);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    UnreadableObject,
    testing::Values(
        body_case{
            "ObjectIsNull",
            review_builder(bad_pod()).with("object", nullptr).text(),
            no_object},
        body_case{"ObjectIsText", review_builder(bad_pod()).with("object", "x").text(), no_object},
        body_case{"NoObject", without("object"), no_object},
        body_case{
            "UnknownOperation",
            review_builder(bad_pod()).with("operation", "PATCH").text(),
            no_operation},
        body_case{"NoOperation", without("operation"), no_operation},
        body_case{
            "SpecIsText",
            replaced(bad_review(), bad_pod()["spec"].dump(), R"("x")"),
            "object.spec: must be an object"},
        body_case{
            "ContainersIsAMapping",
            replaced(bad_review(), bad_pod()["spec"]["containers"].dump(), "{}"),
            "object.spec.containers: must be a list"},
        body_case{
            "ImageIsANumber",
            replaced(bad_review(), R"("evil.example/app:1")", "17"),
            "object.spec.containers[0].image: must be a string"},
        body_case{
            "RunAsNonRootInWords",
            replaced(
                bad_review(),
                R"("containers":)",
                R"("securityContext":{"runAsNonRoot":"true"},"containers":)"
            ),
            "object.spec.securityContext.runAsNonRoot: must be true or false"}
    ),
    case_name()
);

} // namespace
} // namespace gatehouse::testing_support
