// The registration in a cluster: two replicas, one leader, and a ValidatingWebhookConfiguration that is as it
// should be whatever others do to it, but for being deleted.

#include "server/base64_text.h"
#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/cluster_replica.h"
#include "tests/support/eventually.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>
#include <signal.h>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr seconds limit{20};

bool is_leader(const mounted_replica& one) {
    return metric(one.ops_port(), "gatehouse_leader") == 1;
}

class Registration : public testing::Test {
  protected:
    Registration() { install_chart(api_); }

    [[nodiscard]] json webhooks() const {
        return api_.at(configuration_path).value("webhooks", json::array());
    }
    [[nodiscard]] bool is_registered() const {
        const json all = webhooks();
        return all.size() == 1 && all[0].value("name", "") == "pods.gatehouse.dev"
               && all[0]["clientConfig"].value("caBundle", "") == bundle_;
    }
    [[nodiscard]] std::string holder() const {
        return api_.at(lease_path).value("spec", json::object()).value("holderIdentity", "");
    }
    [[nodiscard]] static std::string ready_text(const mounted_replica& of) {
        return get_ops(of.ops_port(), "/readyz?verbose").body;
    }

    fake_kube_api api_;
    test_pair authority_ = make_authority("webhook CA");
    std::string bundle_ = server::base64_text(authority_.certificate);
};

TEST_F(Registration, TheLeaderRegistersWhatIsMounted) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_registered(); }));
    const json expected = json::parse(R"([{
        "name": "pods.gatehouse.dev",
        "clientConfig": {"service": {"namespace": "gatehouse-system", "name": "gatehouse",
                                     "path": "/validate", "port": 443}},
        "rules": [{"operations": ["CREATE", "UPDATE"], "apiGroups": [""], "apiVersions": ["v1"],
                   "resources": ["pods", "pods/ephemeralcontainers"], "scope": "*"}],
        "failurePolicy": "Fail", "matchPolicy": "Equivalent", "sideEffects": "None",
        "namespaceSelector": {}, "objectSelector": {},
        "admissionReviewVersions": ["v1"], "timeoutSeconds": 10}])");
    json found = webhooks();
    found[0]["clientConfig"].erase("caBundle");
    EXPECT_EQ(found, expected);
    EXPECT_TRUE(holder().starts_with("gatehouse-a_")) << holder();
    EXPECT_TRUE(eventually(limit, [&] {
        return ready_text(replica).find("[+]registration ok: validatingwebhookconfigurations "
                                        "gatehouse: as it should be\n")
               != std::string::npos;
    })) << ready_text(replica);
    EXPECT_THAT(ready_text(replica), HasSubstr("; this replica leads\n"));
    // The watch may be quicker than the answer to what was applied.
    const std::string applied = R"(gatehouse_registration_applies_total{result="success"})";
    EXPECT_TRUE(eventually(limit, [&] { return metric(replica.ops_port(), applied) == 1; }));
    EXPECT_GE(
        metric(
            replica.ops_port(),
            R"(gatehouse_kube_requests_total{verb="patch",resource="validatingwebhookconfigurations",code="200"})"
        ),
        1
    );
}

TEST_F(Registration, TheFirstTimeItWaitsUntilTheServiceCanHaveAnEndpoint) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_leader(replica); }));
    const auto led = std::chrono::steady_clock::now();
    EXPECT_EQ(webhooks(), json::array());
    ASSERT_TRUE(eventually(limit, [&] { return is_registered(); }));
    EXPECT_GE(std::chrono::steady_clock::now() - led, milliseconds(2000));
    // What is registered is put right at once.
    api_.edit(configuration_path, [](json& object) {
        object["webhooks"][0]["failurePolicy"] = "Ignore";
    });
    EXPECT_TRUE(eventually(seconds(2), [&] { return webhooks()[0]["failurePolicy"] == "Fail"; }));
}

TEST_F(Registration, TwoReplicasHaveOneLeaderAndTheOtherTakesOverFromOneThatStops) {
    mounted_replica first(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_leader(first); }));
    const mounted_replica second(api_, "gatehouse-b", authority_);
    EXPECT_TRUE(eventually(limit, [&] {
        return ready_text(second).find("; the leader is gatehouse-a_") != std::string::npos;
    }));
    EXPECT_FALSE(is_leader(second));

    first.process().send_signal(SIGTERM);
    // Far less than the 15 s for which a claim that was not given back would hold.
    EXPECT_TRUE(eventually(seconds(8), [&] { return is_leader(second); }));
    EXPECT_EQ(first.process().wait(limit), 0);
    EXPECT_TRUE(holder().starts_with("gatehouse-b_")) << holder();
    EXPECT_EQ(api_.at(lease_path)["spec"]["leaseTransitions"], 2);
}

TEST_F(Registration, TheOtherTakesOverFromOneThatIsKilledOnceItsClaimIsOver) {
    mounted_replica first(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_leader(first); }));
    const mounted_replica second(api_, "gatehouse-b", authority_);
    first.process().send_signal(SIGKILL);
    const auto killed = std::chrono::steady_clock::now();
    EXPECT_TRUE(eventually(seconds(40), [&] { return is_leader(second); }));
    EXPECT_GE(std::chrono::steady_clock::now() - killed, seconds(10));
    api_.edit(configuration_path, [](json& object) { object.erase("webhooks"); });
    EXPECT_TRUE(eventually(limit, [&] { return is_registered(); }));
}

TEST_F(Registration, WhatOthersChangeIsPutRight) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_registered(); }));
    const json right = webhooks();
    const auto is_right = [&] { return webhooks() == right; };
    api_.edit(configuration_path, [](json& object) {
        object["webhooks"][0]["clientConfig"]["caBundle"] = "YQ==";
    });
    EXPECT_TRUE(eventually(limit, is_right));
    api_.edit(configuration_path, [](json& object) {
        object["webhooks"][0]["namespaceSelector"] = {{"matchLabels", {{"never", "there"}}}};
    });
    EXPECT_TRUE(eventually(limit, is_right));
    // What an apply leaves alone since others own it.
    api_.edit(configuration_path, [](json& object) {
        object["webhooks"][0]["matchConditions"] = {{{"name", "none"}, {"expression", "false"}}};
    });
    EXPECT_TRUE(eventually(limit, is_right));
    api_.edit(configuration_path, [](json& object) {
        json other = object["webhooks"][0];
        other["name"] = "other.example.com";
        object["webhooks"].push_back(other);
    });
    EXPECT_TRUE(eventually(limit, is_right)) << webhooks().dump(2);
}

TEST_F(Registration, ADeletedConfigurationIsNotMadeAgainAndOneThatComesBackIsFilled) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_registered(); }));
    api_.remove(configuration_path);
    EXPECT_TRUE(eventually(limit, [&] {
        return ready_text(replica).find("not there, and never made by Gatehouse")
               != std::string::npos;
    }));
    EXPECT_EQ(get_ops(replica.ops_port(), "/readyz").status, 200);
    EXPECT_TRUE(api_.at(configuration_path).is_null());
    api_.put(configuration_path, {{"kind", "ValidatingWebhookConfiguration"}});
    EXPECT_TRUE(eventually(limit, [&] { return is_registered(); }));
}

TEST_F(Registration, FollowsTheMountedFiles) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_registered(); }));
    std::string more(rendered_configuration);
    more.replace(more.find("timeoutSeconds: 10"), 18, "timeoutSeconds: 7");
    static_cast<void>(replica.files().replace("webhooks.yaml", more));
    EXPECT_TRUE(eventually(limit, [&] { return webhooks()[0].at("timeoutSeconds") == 7; }));
    const test_pair next = make_authority("next CA");
    bundle_ = server::base64_text(authority_.certificate + next.certificate);
    static_cast<void>(replica.files().replace("ca.crt", authority_.certificate + next.certificate));
    EXPECT_TRUE(eventually(limit, [&] { return is_registered(); }));
}

TEST_F(Registration, ABadMountedFileKeepsWhatIsRegistered) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_registered(); }));
    static_cast<void>(replica.files().replace("webhooks.yaml", "webhooks: []\n"));
    EXPECT_TRUE(eventually(limit, [&] {
        return ready_text(replica).find("webhooks.yaml: ") != std::string::npos;
    }));
    EXPECT_TRUE(is_registered());
}

TEST_F(Registration, StaysReadyWhileTheApiServerIsAwayAndGoesOnAfterwards) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_registered(); }));
    api_.go_away(true);
    EXPECT_TRUE(eventually(limit, [&] { return !is_leader(replica); }));
    EXPECT_EQ(get_ops(replica.ops_port(), "/readyz").status, 200);
    EXPECT_FALSE(verdict_on(replica.port(), review_of(bad_pod())).at("allowed").get<bool>());
    const std::string contact = "gatehouse_kube_last_contact_timestamp_seconds";
    const double stale = metric(replica.ops_port(), contact);
    EXPECT_THAT(ready_text(replica), HasSubstr("get of leases gatehouse-system/gatehouse-leader"));
    api_.edit(configuration_path, [](json& object) { object.erase("webhooks"); });
    EXPECT_EQ(metric(replica.ops_port(), contact), stale);
    api_.go_away(false);
    EXPECT_TRUE(eventually(seconds(60), [&] { return is_registered(); }));
    EXPECT_GT(metric(replica.ops_port(), contact), stale);
    EXPECT_THAT(replica.process().log(), HasSubstr("kubernetes_back"));
}

TEST_F(Registration, ARotatedTokenIsReadAgain) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_registered(); }));
    api_.rotate_token();
    api_.cut_watches();
    const std::size_t before = api_.count("PUT " + lease_path);
    EXPECT_TRUE(eventually(limit, [&] { return api_.count("PUT " + lease_path) > before + 3; }));
    EXPECT_TRUE(is_leader(replica));
    api_.edit(configuration_path, [](json& object) { object.erase("webhooks"); });
    EXPECT_TRUE(eventually(limit, [&] { return is_registered(); }));
}

TEST_F(Registration, WhatTheRoleLacksIsNamed) {
    api_.forbid("PATCH " + configuration_path);
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    const std::string said =
        "patch of validatingwebhookconfigurations gatehouse: the API server answered 403: "
        + configuration_path + " is forbidden: the role lacks it";
    EXPECT_TRUE(eventually(limit, [&] {
        return ready_text(replica).find("could not be applied: " + said) != std::string::npos;
    })) << ready_text(replica);
    EXPECT_THAT(replica.process().log(), HasSubstr(said));
    EXPECT_EQ(get_ops(replica.ops_port(), "/readyz").status, 200);
    api_.permit_all();
    EXPECT_TRUE(eventually(limit, [&] { return is_registered(); }));
}

TEST_F(Registration, ALeaseThatMayNotBeUpdatedIsNamed) {
    api_.forbid("PUT " + lease_path);
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    EXPECT_TRUE(eventually(limit, [&] {
        return ready_text(replica).find(
                   "update of leases gatehouse-system/gatehouse-leader: the API "
                   "server answered 403"
               )
               != std::string::npos;
    }));
    EXPECT_EQ(webhooks(), json::array());
}

TEST_F(Registration, ALeaseThatSomebodyElseWroteIsReadAgain) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_leader(replica); }));
    api_.edit(lease_path, [](json& lease) { lease["metadata"]["labels"] = {{"a", "b"}}; });
    const std::size_t before = api_.count("GET " + lease_path);
    EXPECT_TRUE(eventually(limit, [&] { return api_.count("GET " + lease_path) > before; }));
    const std::size_t renewed = api_.count("PUT " + lease_path);
    EXPECT_TRUE(eventually(limit, [&] { return api_.count("PUT " + lease_path) > renewed + 1; }));
    EXPECT_TRUE(is_leader(replica));
    EXPECT_EQ(api_.at(lease_path)["metadata"]["labels"], (json{{"a", "b"}}));
}

TEST_F(Registration, AWatchThatIsCutOrTooOldIsTakenUpAgain) {
    const mounted_replica replica(api_, "gatehouse-a", authority_);
    ASSERT_TRUE(eventually(limit, [&] { return is_registered(); }));
    for (int round = 0; round < 3; ++round) {
        const std::size_t before = api_.count("WATCH " + configuration_path);
        if (round == 1) {
            api_.forget_history();
        }
        api_.cut_watches();
        api_.edit(configuration_path, [](json& object) { object.erase("webhooks"); });
        EXPECT_TRUE(eventually(limit, [&] { return is_registered(); }));
        EXPECT_TRUE(eventually(limit, [&] {
            return api_.count("WATCH " + configuration_path) > before;
        }));
    }
}

TEST_F(Registration, WithoutTheFlagsNothingIsAskedOfAnybody) {
    const temp_dir files;
    const gatehouse_process server(
        {"--policy", files.write("policy.yaml", strict_policy)}, api_.environment()
    );
    EXPECT_EQ(
        get_ops(server.ops_port(), "/metrics").body.find("gatehouse_kube"), std::string::npos
    );
    EXPECT_EQ(
        get_ops(server.ops_port(), "/readyz?verbose").body.find("kubernetes"), std::string::npos
    );
    EXPECT_THAT(api_.requests(), testing::IsEmpty());
}

} // namespace
} // namespace gatehouse::testing_support
