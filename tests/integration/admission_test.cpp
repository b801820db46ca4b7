// The AdmissionReview contract over HTTPS: what an API server sends and how it reads the answer.

#include "tests/integration/api_server.h"
#include "tests/integration/test_server.h"
#include "tests/support/case_name.h"
#include "tests/support/review_builder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cctype>

namespace gatehouse::testing_support {
namespace {

json verdict(const std::string& review) { return verdict_on(shared_server().port(), review); }
json verdict(const review_builder& review) { return verdict(review.text()); }

struct uid_case {
    std::string name;
    std::string uid;
};

class AdmissionUid : public testing::TestWithParam<uid_case> {};

TEST_P(AdmissionUid, ComesBackByteForByte) {
    const std::string& uid = GetParam().uid;
    EXPECT_EQ(verdict(review_builder(good_pod()).with("uid", uid)).at("uid"), uid);
    EXPECT_EQ(verdict(review_builder(bad_pod()).with("uid", uid)).at("uid"), uid);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    AdmissionUid,
    testing::Values(
        uid_case{"Uuid", "705ab4f5-6393-11e8-b7cc-42010a800002"},
        uid_case{"QuotesAndBackslashes", R"(a"b\c\"d/e)"},
        uid_case{"NotAscii", "üñ✓ 日本語 🚢"},
        uid_case{"ControlCharacters", std::string("tab\tnewline\nnull\0end", 20)},
        uid_case{"LineSeparators", "a\u2028b\u2029c"},
        uid_case{"Number", "0123"},
        uid_case{"Spaces", "  a  b  "},
        uid_case{"Long", std::string(1000, 'u')}
    ),
    case_name()
);

TEST(Admission, AnswersInTheVersionThatAsked) {
    for (const char* version : {"admission.k8s.io/v1", "admission.k8s.io/v1beta1"}) {
        // response_in() compares the version.
        EXPECT_EQ(verdict(review_builder(good_pod()).api_version(version)).at("allowed"), true);
        EXPECT_EQ(verdict(review_builder(bad_pod()).api_version(version)).at("allowed"), false);
    }
}

TEST(Admission, AllowsAGoodPod) {
    EXPECT_EQ(verdict(review_of(good_pod())), json::parse(R"({
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "allowed": true,
        "auditAnnotations": {"decision": "allow", "policies": "strict"}
    })"));
}

constexpr std::string_view wrong_registry =
    "container \"app\" image evil.example/app:1 is not from an allowed registry; allowed: "
    "reg.example/** [strict/image-registry]";
constexpr std::string_view maybe_root =
    "container \"app\" must not run as root: runAsNonRoot and runAsUser are not set; set "
    "securityContext.runAsNonRoot: true [strict/run-as-user]";

TEST(Admission, DeniesWithEverythingThatIsWrong) {
    json expected = json::parse(R"({
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "allowed": false,
        "status": {
            "status": "Failure", "code": 403, "reason": "Forbidden",
            "details": {"name": "web", "kind": "pods", "causes": [
                {"field": "spec.containers[0].image", "reason": "FieldValueForbidden"},
                {"field": "spec.containers[0].securityContext.runAsNonRoot",
                 "reason": "FieldValueRequired"}
            ]}
        },
        "auditAnnotations": {
            "decision": "deny", "policies": "strict",
            "violations": "strict/image-registry,strict/run-as-user"
        }
    })");
    expected["status"]["details"]["causes"][0]["message"] = wrong_registry;
    expected["status"]["details"]["causes"][1]["message"] = maybe_root;
    expected["status"]["message"] =
        fmt::format("Pod prod/web breaks 2 rules:\n- {}\n- {}", wrong_registry, maybe_root);
    EXPECT_EQ(verdict(review_of(bad_pod())), expected);
}

TEST(Admission, DeniesOneViolationInOneLine) {
    json pod = bad_pod();
    pod["spec"]["containers"][0]["image"] = "reg.example/app:1";
    EXPECT_EQ(message_of(verdict(review_of(pod))), fmt::format("Pod prod/web: {}", maybe_root));
}

TEST(Admission, WarnsOfAWorkloadsTemplate) {
    const json response = verdict(review_of(deployment_of(bad_pod())));
    EXPECT_EQ(response.at("allowed"), true);
    EXPECT_FALSE(response.contains("status"));
    EXPECT_EQ(
        response.at("warnings"),
        json::array(
            {fmt::format("Deployment prod/web: {}", wrong_registry),
             fmt::format("Deployment prod/web: {}", maybe_root)}
        )
    );
}

TEST(Admission, ShowsNoControlCharacterOfAName) {
    json pod = bad_pod();
    pod["spec"]["containers"][0]["name"] = "a\nb\t\x1b[31m\u202e";
    const json denied = verdict(review_of(pod));
    const json warned = verdict(review_of(deployment_of(pod)));
    for (const char c : message_of(denied) + warned.at("warnings").dump()) {
        EXPECT_TRUE(c == '\n' || std::iscntrl(static_cast<unsigned char>(c)) == 0);
    }
    EXPECT_THAT(message_of(denied), testing::Not(testing::HasSubstr("a\nb")));
    EXPECT_THAT(message_of(denied), testing::Not(testing::HasSubstr("\u202e")));
}

TEST(Admission, WritesAuditAnnotationsThatAnApiServerKeeps) {
    const json annotations = verdict(review_of(bad_pod())).at("auditAnnotations");
    EXPECT_EQ(annotations, json::parse(R"({
        "decision": "deny", "policies": "strict",
        "violations": "strict/image-registry,strict/run-as-user"
    })"));
    for (const auto& [key, value] : annotations.items()) {
        EXPECT_EQ(key.find('/'), std::string::npos);
        EXPECT_LE(key.size(), 63U);
    }
}

TEST(Admission, DryRunGetsTheSameVerdict) {
    EXPECT_EQ(
        verdict(review_builder(bad_pod()).with("dryRun", true)),
        verdict(review_builder(bad_pod()).with("dryRun", false))
    );
    EXPECT_EQ(verdict(review_builder(good_pod()).with("dryRun", true)).at("allowed"), true);
}

TEST(Admission, TheRequestsNamespaceCounts) {
    json elsewhere = bad_pod();
    elsewhere["metadata"]["namespace"] = "kube-system";
    EXPECT_EQ(verdict(review_builder(elsewhere).with("namespace", "prod")).at("allowed"), false);
    EXPECT_EQ(
        verdict(review_builder(bad_pod()).with("namespace", "kube-system")).at("allowed"), true
    );
    json bare = bad_pod();
    bare["metadata"].erase("namespace");
    EXPECT_EQ(verdict(review_builder(bare).with("namespace", "prod")).at("allowed"), false);
}

TEST(Admission, ARequestThatNoPolicyMatchesIsAllowedWithoutPolicies) {
    const json response = verdict(review_builder(bad_pod()).with("namespace", "kube-system"));
    EXPECT_EQ(
        response.at("auditAnnotations"), json::parse(R"({"decision": "allow", "policies": ""})")
    );
}

TEST(Admission, JudgesAnEphemeralContainer) {
    json debugged = good_pod();
    debugged["spec"]["ephemeralContainers"] = {{{"name", "debug"}, {"image", "evil.example/d:1"}}};
    EXPECT_EQ(
        message_of(verdict(review_builder(debugged)
                               .update_of(good_pod())
                               .with("subResource", "ephemeralcontainers"))),
        "Pod prod/web: ephemeral container \"debug\" image evil.example/d:1 is not from an allowed "
        "registry; allowed: reg.example/** [strict/image-registry]"
    );
    debugged["spec"]["ephemeralContainers"][0]["image"] = "reg.example/debug:1";
    EXPECT_EQ(
        verdict(review_builder(debugged)
                    .update_of(good_pod())
                    .with("subResource", "ephemeralcontainers"))
            .at("allowed"),
        true
    );
}

TEST(Admission, LetsDeleteAndConnectThrough) {
    EXPECT_EQ(
        verdict(review_builder(bad_pod())
                    .with("operation", "DELETE")
                    .with("object", nullptr)
                    .with("oldObject", bad_pod()))
            .at("allowed"),
        true
    );
    EXPECT_EQ(
        verdict(review_builder(bad_pod()).with("operation", "DELETE").with("object", nullptr))
            .at("allowed"),
        true
    );
    for (const json& options : {json(), json::parse(R"({"kind": "PodExecOptions"})")}) {
        EXPECT_EQ(
            verdict(
                review_builder(bad_pod())
                    .with("operation", "CONNECT")
                    .with("subResource", "exec")
                    .with("kind", {{"group", ""}, {"version", "v1"}, {"kind", "PodExecOptions"}})
                    .with("object", options)
            )
                .at("allowed"),
            true
        );
    }
}

TEST(Admission, LetsAnUpdateOfNothingJudgedThrough) {
    json labelled = bad_pod();
    labelled["metadata"]["labels"] = {{"a", "b"}};
    EXPECT_EQ(verdict(review_builder(labelled).update_of(bad_pod())).at("allowed"), true);
    json other = bad_pod();
    other["spec"]["containers"][0]["image"] = "evil.example/app:2";
    EXPECT_EQ(verdict(review_builder(other).update_of(bad_pod())).at("allowed"), false);
    EXPECT_EQ(verdict(review_builder(bad_pod()).update_of(nullptr)).at("allowed"), false);
}

TEST(Admission, IgnoresFieldsOfTheFutureAndMissesNoneThatMayBeAbsent) {
    for (const auto& [pod, allowed] : {std::pair(good_pod(), true), std::pair(bad_pod(), false)}) {
        json review = review_builder(pod).with("future", {{"a", {1, 2}}}).document();
        review["future"] = "x";
        for (const char* field :
             {"options", "dryRun", "requestKind", "requestResource", "oldObject"}) {
            review["request"].erase(field);
        }
        EXPECT_EQ(verdict(review.dump()).at("allowed"), allowed);
    }
}

} // namespace
} // namespace gatehouse::testing_support
