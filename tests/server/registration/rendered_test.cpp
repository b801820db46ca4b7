#include "server/registration/rendered.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

const std::string head = "apiVersion: admissionregistration.k8s.io/v1\n"
                         "kind: ValidatingWebhookConfiguration\nmetadata: {name: gatehouse}\n";

TEST(RenderedRegistration, IsReadFromYaml) {
    const auto read = parse_registration(
        head
        + "webhooks:\n- name: pods.gatehouse.dev\n  clientConfig: {url: https://a}\n"
          "  timeoutSeconds: 7\n"
    );
    ASSERT_TRUE(read) << read.error().detail();
    EXPECT_EQ(read.value().name, "gatehouse");
    EXPECT_EQ(
        read.value().webhooks.dump(),
        R"([{"clientConfig":{"url":"https://a"},"name":"pods.gatehouse.dev","timeoutSeconds":7}])"
    );
}

struct bad_registration {
    std::string name;
    std::string text;
    std::string error;
};

class BadRegistration : public testing::TestWithParam<bad_registration> {};

TEST_P(BadRegistration, IsTold) {
    const auto read = parse_registration(GetParam().text);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().detail(), GetParam().error);
}

const std::string one_is_needed =
    "one ValidatingWebhookConfiguration of admissionregistration.k8s.io/v1 is needed";

INSTANTIATE_TEST_SUITE_P(
    All,
    BadRegistration,
    testing::Values(
        bad_registration{"Empty", "", one_is_needed},
        bad_registration{"AnotherKind", "apiVersion: v1\nkind: Pod\n", one_is_needed},
        bad_registration{"Two", head + "webhooks: []\n---\n" + head, one_is_needed},
        bad_registration{
            "NoName",
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\n",
            "metadata.name: the name of the object is needed"},
        bad_registration{"NoWebhooks", head, "webhooks: a list of 1 to 64 is needed"},
        bad_registration{
            "EmptyWebhooks",
            head + "webhooks: []\n",
            "webhooks: a list of 1 to 64 is needed"},
        bad_registration{
            "WebhookOfAnotherKind",
            head + "webhooks: [1]\n",
            "webhooks[0]: is not an object"},
        bad_registration{
            "WebhookWithoutName",
            head + "webhooks: [{clientConfig: {}}]\n",
            "webhooks[0].name: a name such as pods.gatehouse.dev is needed"},
        bad_registration{
            "NoClientConfig",
            head + "webhooks: [{name: a.b.c}]\n",
            "webhooks[0].clientConfig: is missing"},
        bad_registration{
            "CaBundle",
            head + "webhooks: [{name: a.b.c, clientConfig: {caBundle: YQ==}}]\n",
            "webhooks[0].clientConfig.caBundle: leave it out, it comes from the certificate in "
            "force"},
        bad_registration{
            "Twice",
            head + "webhooks: [{name: a.b.c, clientConfig: {}}, {name: a.b.c, clientConfig: {}}]\n",
            "webhooks[1].name: stands twice"}
    ),
    testing_support::case_name()
);

TEST(RenderedRegistration, HasAtMostSixtyFourWebhooks) {
    std::string text = head + "webhooks:\n";
    for (int i = 0; i < 64; ++i) {
        text += "- {name: a" + std::to_string(i) + ".b.c, clientConfig: {}}\n";
    }
    ASSERT_TRUE(parse_registration(text));
    const auto read = parse_registration(text + "- {name: x.y.z, clientConfig: {}}\n");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().detail(), "webhooks: a list of 1 to 64 is needed");
}

TEST(RenderedRegistration, TellsWhereYamlIsBroken) {
    const auto read = parse_registration(head + "webhooks: [\n");
    ASSERT_FALSE(read);
    EXPECT_TRUE(read.error().detail().starts_with("5:1: ")) << read.error().detail();
}

} // namespace
} // namespace gatehouse::server
