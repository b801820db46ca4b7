#include "server/registration/compare.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <functional>

namespace gatehouse::server {
namespace {

using nlohmann::json;

json rendered() {
    return json::parse(R"([{
        "name": "pods.gatehouse.dev",
        "clientConfig": {"service": {"namespace": "s", "name": "gatehouse", "path": "/validate"}},
        "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}],
        "sideEffects": "None", "admissionReviewVersions": ["v1"]}])");
}

/// As an API server answers to what was applied.
json live(const json& webhooks) {
    return {
        {"apiVersion", "admissionregistration.k8s.io/v1"},
        {"kind", "ValidatingWebhookConfiguration"},
        {"metadata", {{"name", "gatehouse"}, {"uid", "u1"}, {"resourceVersion", "5"}}},
        {"webhooks", webhooks}};
}

TEST(WantedWebhooks, SayEveryDefaultOutright) {
    const json expected = json::parse(R"([{
        "name": "pods.gatehouse.dev",
        "clientConfig": {"service": {"namespace": "s", "name": "gatehouse", "path": "/validate", "port": 443},
                         "caBundle": "UEVN"},
        "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                   "resources": ["pods"], "scope": "*"}],
        "sideEffects": "None", "admissionReviewVersions": ["v1"], "failurePolicy": "Fail",
        "matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}, "timeoutSeconds": 10}])"
    );
    EXPECT_EQ(wanted_webhooks(rendered(), "PEM"), expected);
}

struct difference {
    std::string name;
    std::function<void(json& webhooks)> change;
    bool is_same = false;
};

class LiveWebhooks : public testing::TestWithParam<difference> {};

TEST_P(LiveWebhooks, AreComparedWithWhatIsWanted) {
    const json wanted = wanted_webhooks(rendered(), "PEM");
    json webhooks = wanted;
    GetParam().change(webhooks);
    EXPECT_EQ(has_webhooks(live(webhooks), wanted), GetParam().is_same);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    LiveWebhooks,
    testing::Values(
        difference{"Nothing", [](json&) {}, true},
        difference{"DefaultsLeftOut", [](json& all) { all[0].erase("timeoutSeconds"); }, true},
        difference{"EmptyList", [](json& all) { all[0]["matchConditions"] = json::array(); }, true},
        difference{"CaBundle", [](json& all) { all[0]["clientConfig"]["caBundle"] = "eA=="; }},
        difference{"NoCaBundle", [](json& all) { all[0]["clientConfig"].erase("caBundle"); }},
        difference{"FailurePolicy", [](json& all) { all[0]["failurePolicy"] = "Ignore"; }},
        difference{"Rule", [](json& all) { all[0]["rules"][0]["operations"] = {"UPDATE"}; }},
        difference{"NoRules", [](json& all) { all[0].erase("rules"); }},
        difference{
            "Selector",
            [](json& all) {
                all[0]["objectSelector"] = {{"matchLabels", {{"a", "b"}}}};
            }},
        difference{
            "Condition",
            [](json& all) {
                all[0]["matchConditions"] = {{{"name", "n"}, {"expression", "false"}}};
            }},
        difference{
            "AnotherWebhook",
            [](json& all) {
                json other = all[0];
                other["name"] = "x.y.z";
                all.push_back(other);
            }},
        difference{"TheSameTwice", [](json& all) { all.push_back(json(all[0])); }},
        difference{"NoneAtAll", [](json& all) { all = json::array(); }},
        difference{"OfAnotherKind", [](json& all) { all[0] = 7; }}
    ),
    testing_support::case_name()
);

TEST(LiveWebhooks, MayStandInAnyOrder) {
    json two = rendered();
    two.push_back(json(two[0]));
    two[1]["name"] = "x.y.z";
    const json wanted = wanted_webhooks(two, "PEM");
    json turned = json::array({wanted[1], wanted[0]});
    EXPECT_TRUE(has_webhooks(live(turned), wanted));
    EXPECT_FALSE(has_webhooks(json::object(), wanted));
}

TEST(LiveBundle, IsTheOneThatAllHave) {
    json two = wanted_webhooks(rendered(), "PEM");
    two.push_back(json(two[0]));
    EXPECT_EQ(bundle_of(live(two)), "PEM");
    two[1]["clientConfig"]["caBundle"] = "eA==";
    EXPECT_EQ(bundle_of(live(two)), std::nullopt);
    two[1]["clientConfig"].erase("caBundle");
    EXPECT_EQ(bundle_of(live(two)), std::nullopt);
    EXPECT_EQ(bundle_of(live(json::array())), std::nullopt);
    EXPECT_EQ(bundle_of(json::object()), std::nullopt);
}

TEST(Correction, IsOfTheObjectThatWasReadAndOfNoOther) {
    const json wanted = wanted_webhooks(rendered(), "PEM");
    const json sent = correction_of(live(json::array()), "gatehouse", wanted);
    EXPECT_EQ(
        sent.at("metadata"), (json{{"name", "gatehouse"}, {"uid", "u1"}, {"resourceVersion", "5"}})
    );
    EXPECT_EQ(sent.at("kind"), "ValidatingWebhookConfiguration");
    EXPECT_EQ(sent.at("webhooks"), wanted);
}

TEST(Correction, OfAnObjectThatMakesNoSenseIsByItsName) {
    for (const json& odd :
         {json::object(), json{{"metadata", 7}}, json{{"metadata", {{"uid", 7}}}}}) {
        EXPECT_EQ(
            correction_of(odd, "gatehouse", json::array()).at("metadata"),
            (json{{"name", "gatehouse"}})
        );
    }
}

} // namespace
} // namespace gatehouse::server
