// What is decided without asking a registry: by static entries, and by commands that may ask none.
#include "policy/decide.h"
#include "tests/support/judging.h"
#include "tests/support/signature_policies.h"

#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::policy {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

const std::string at = " spec.containers[0].image: container \"app\" image reg.example/app:1 ";

TEST(StaticEntries, AreDecidedFromThePolicyTextAlone) {
    const auto policies = policy_with("signatures: [{name: mesh, images: ['reg.example/mesh/**'], "
                                      "authorities: [{name: a, static: "
                                      "Pass}]}, {name: old, images: ['reg.example/old/**'], "
                                      "authorities: [{name: b, static: Fail}]}], "
                                      "unsignedImages: Deny");
    EXPECT_THAT(judged_request(pod_of("reg.example/mesh/proxy:1")).lines(*policies), IsEmpty());
    const std::string field = "Deny spec.containers[0].image: container \"app\" image ";
    EXPECT_THAT(
        judged_request(pod_of("reg.example/old/app:1")).lines(*policies),
        ElementsAre(
            field
            + "reg.example/old/app:1 could not be verified: the signatures entry old refuses "
              "whatever "
              "it selects (static: Fail); use another image [p/image-signature]"
        )
    );
    EXPECT_THAT(
        judged_request(pod_of("reg.example/app:1")).lines(*policies),
        ElementsAre(
            field
            + "reg.example/app:1 could not be verified: no signatures entry of the policy selects "
              "it; "
              "use an image that one selects [p/image-signature]"
        )
    );
}

TEST(DecideOffline, SaysWhatItDidNotCheck) {
    std::vector<policy_document> policies;
    policies.push_back(policy_of({kms()}));
    const policy_set set(std::move(policies));
    judged_request by_digest(pod_of("reg.example/app@" + digest_text('a')));
    const verdict open = decide_offline(make_plan(*by_digest, set, now));
    EXPECT_TRUE(open.allowed());
    EXPECT_THAT(open.not_checked, ElementsAre(rule_id::image_signature));

    judged_request by_tag(pod_of("reg.example/app:1"));
    const verdict denied = decide_offline(make_plan(*by_tag, set, now));
    EXPECT_THAT(
        lines_of(denied),
        ElementsAre(
            "Deny" + at
            + "is not named by digest; write reg.example/app@sha256:<digest> [p/image-digest]"
        )
    );

    judged_request of_another(pod_of("other.example/app:1"));
    EXPECT_THAT(decide_offline(make_plan(*of_another, set, now)).not_checked, IsEmpty());
}

TEST(DecideOffline, DecidesWhatThePolicyTextSettles) {
    authority nobody;
    nobody.name = "nobody";
    nobody.fixed = static_decision::fail;
    std::vector<policy_document> policies;
    policies.push_back(policy_of({entry_of({nobody})}));
    const policy_set set(std::move(policies));
    judged_request request(pod_of("reg.example/app:1"));
    const verdict got = decide_offline(make_plan(*request, set, now));
    EXPECT_THAT(
        lines_of(got),
        ElementsAre(
            "Deny" + at
            + "could not be verified: the signatures entry release refuses whatever it selects "
              "(static: Fail); use another image [p/image-signature]"
        )
    );
    EXPECT_THAT(got.not_checked, IsEmpty());
}

} // namespace
} // namespace gatehouse::policy
