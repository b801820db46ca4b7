// A pod whose only bad image stands where verifiers have forgotten to look: whole reviews, from the bytes of
// the API server to the answer.
#include "server/admission/judge.h"
#include "tests/support/case_name.h"
#include "tests/support/review_builder.h"
#include "tests/support/signature_policies.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
const std::string bad = "reg.example/app-x:1";

json container(const std::string& name, const std::string& image) {
    return {{"name", name}, {"image", image}};
}

struct place {
    std::string name;
    std::function<std::string()> review;
    std::string subject; ///< "Pod prod/web: container "app""
};

/// What is said where every image but the bad one is signed.
std::string message_of(const std::string& review, policy::policy_document policy) {
    std::vector<policy::policy_document> all;
    all.push_back(std::move(policy));
    const auto policies = std::make_shared<const policy::policy_set>(std::move(all));
    const simdjson::padded_string body(review);
    simdjson::dom::parser parser;
    begun_review begun = begin_review({body.data(), body.size()}, parser, policies, now);
    judged_review judged;
    if (auto* pending = std::get_if<std::unique_ptr<pending_review>>(&begun)) {
        policy::evidence known;
        known.images = {
            evidence_of(bad, 'b', {}),
            evidence_of("reg.example/app:1", 'a', {signed_by("P-256", 'a')})};
        judged = finish_review(std::move(*pending), known);
    } else {
        judged = std::move(std::get<judged_review>(begun));
    }
    const json response = json::parse(judged.body).at("response");
    return response.at("allowed") ? "allowed" : response.at("status").at("message");
}

policy::policy_document signed_only() {
    policy::policy_document policy = policy_of({entry_of({signer("kms", {"P-256"})})});
    policy.signatures.front().tags = policy::tag_mode::allow;
    policy.workloads = policy::template_mode::deny;
    return policy;
}

class BadImageOnlyIn : public testing::TestWithParam<place> {
  protected:
    static std::string message_under(policy::policy_document policy) {
        return message_of(GetParam().review(), std::move(policy));
    }
};

TEST_P(BadImageOnlyIn, IsDeniedForWantOfASignature) {
    EXPECT_EQ(
        message_under(signed_only()),
        GetParam().subject + " image reg.example/app-x:1 is not signed; sign " + digest_text('b')
            + " with a key of kms [p/image-signature]"
    );
}

TEST_P(BadImageOnlyIn, IsDeniedByItsPattern) {
    policy::policy_document policy;
    policy.name = "p";
    policy.workloads = policy::template_mode::deny;
    policy.images.emplace();
    policy.images->allow = patterns({"reg.example/app"});
    EXPECT_EQ(
        message_under(std::move(policy)),
        GetParam().subject
            + " image reg.example/app-x:1 is not from an allowed registry; allowed: "
              "reg.example/app [p/image-registry]"
    );
}

std::string pod_with(const std::string& field, json value) {
    json pod = good_pod();
    pod["spec"][field] = std::move(value);
    return review_of(std::move(pod));
}

json two_containers(const std::string& second) {
    json pod = good_pod();
    pod["spec"]["containers"].push_back(container("app-x", second));
    return pod;
}

json with_debugger() {
    json pod = good_pod();
    pod["spec"]["ephemeralContainers"] = {container("debug", bad)};
    return pod;
}

std::string cron_job() {
    json job = json::parse(R"({"apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": {"name": "web", "namespace": "prod"},
        "spec": {"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": {"spec": {}}}}}})");
    job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"] = {container("app", bad)};
    return review_builder(std::move(job))
        .with("kind", {{"group", "batch"}, {"version", "v1"}, {"kind", "CronJob"}})
        .with("resource", {{"group", "batch"}, {"version", "v1"}, {"resource", "cronjobs"}})
        .text();
}

TEST(GoodImage, InAnEphemeralContainerOfACreateIsAllowed) {
    json pod = good_pod();
    pod["spec"]["containers"][0]["image"] = "reg.example/app:1";
    pod["spec"]["ephemeralContainers"] = {container("debug", "reg.example/app:1")};
    EXPECT_EQ(message_of(review_of(std::move(pod)), signed_only()), "allowed");
}

json going(json pod) {
    pod["metadata"]["deletionTimestamp"] = "2026-08-01T00:00:00Z";
    pod["metadata"]["deletionGracePeriodSeconds"] = 30;
    pod["metadata"]["finalizers"] = {"example.com/wait"};
    return pod;
}

std::vector<place> places() {
    const std::string pod = "Pod prod/web: ";
    const std::string second = pod + "container \"app-x\"";
    return {
        {"InitContainers",
         [] { return pod_with("initContainers", {container("setup", bad)}); },
         pod + "init container \"setup\""},
        {"EphemeralContainersOfAnUpdate",
         [] {
             return review_builder(with_debugger())
                 .update_of(good_pod())
                 .with("subResource", "ephemeralcontainers")
                 .text();
         },
         pod + "ephemeral container \"debug\""},
        {"EphemeralContainersOfACreate",
         [] { return review_of(with_debugger()); },
         pod + "ephemeral container \"debug\""},
        {"ImageVolume",
         [] {
             return pod_with("volumes", {{{"name", "data"}, {"image", {{"reference", bad}}}}});
         },
         pod + "volume \"data\""},
        {"CronJobTemplate", cron_job, "CronJob prod/web: container \"app\""},
        {"SecondContainerOfSimilarName", [] { return review_of(two_containers(bad)); }, second},
        {"UpdateOfOneImage",
         [] {
             return review_builder(two_containers(bad))
                 .update_of(two_containers("reg.example/app:1"))
                 .text();
         },
         second},
        {"UpdateOfAPodThatIsGoing",
         [] {
             return review_builder(going(two_containers(bad)))
                 .update_of(going(two_containers("reg.example/app:1")))
                 .text();
         },
         second},
        {"CreateOfAPodThatIsGoing", [] { return review_of(going(two_containers(bad))); }, second},
    };
}

INSTANTIATE_TEST_SUITE_P(Places, BadImageOnlyIn, testing::ValuesIn(places()), case_name());

} // namespace
} // namespace gatehouse::server
