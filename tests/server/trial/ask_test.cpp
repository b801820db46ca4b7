#include "server/trial/ask.h"

#include "tests/support/scripted_server.h"
#include "tests/support/test_certs.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using testing::StartsWith;
using testing_support::http_answer;
using testing_support::leaf_options;
using testing_support::make_authority;
using testing_support::make_leaf;
using testing_support::scripted_server;
using testing_support::test_pair;
using testing_support::transport;

using namespace std::chrono_literals;

/// What a webhook answers whose policies deny nothing.
std::optional<std::string> as_a_webhook(const std::string& request) {
    const auto asked = nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
    const auto& about = asked["request"];
    const bool is_readable =
        about["object"].is_null() || about["object"]["spec"]["containers"].is_array();
    const nlohmann::json answer{
        {"apiVersion", asked["apiVersion"]},
        {"kind", asked["kind"]},
        {"response", {{"uid", about["uid"]}, {"allowed", is_readable}}}};
    return http_answer("200 OK", answer.dump());
}

class AskWebhook : public testing::Test {
  protected:
    policy::result<void> ask(const scripted_server& one, std::chrono::nanoseconds limit = 10s) {
        return ask_port(one.port(), limit);
    }
    policy::result<void> ask_port(std::uint16_t port, std::chrono::nanoseconds limit) {
        const trial about{
            {url_scheme::https, "127.0.0.1", port, "/validate"}, authority_.certificate, limit};
        return ask_webhook(about, time_, [this](std::string_view line) {
            said_.emplace_back(line);
        });
    }

    const machine_clock time_;
    const test_pair authority_ = make_authority("a");
    const test_pair identity_ = make_leaf(authority_, machine_clock().now());
    std::vector<std::string> said_;
};

TEST_F(AskWebhook, TellsEveryAnswer) {
    const scripted_server webhook(as_a_webhook, transport::tls, identity_);
    ASSERT_TRUE(ask(webhook));
    EXPECT_THAT(
        said_,
        ElementsAre(
            "allowed: the deletion of a pod\n",
            "denied: a pod that cannot be read\n",
            "allowed: a pod with the image nginx, by the policies in force\n"
        )
    );
    EXPECT_THAT(webhook.requests().front(), StartsWith("POST /validate HTTP/1.1\r\n"));
}

TEST_F(AskWebhook, EndsAtTheFirstWrongAnswer) {
    const scripted_server webhook(
        [](const std::string&) { return http_answer("503 Service Unavailable", "busy"); },
        transport::tls,
        identity_
    );
    const auto got = ask(webhook);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().detail(), "it answered 503: busy");
    EXPECT_EQ(webhook.requests().size(), 1U);
}

TEST_F(AskWebhook, TriesAgainWhereItIsNotReachedAtFirst) {
    std::atomic<int> calls{0};
    const scripted_server webhook(
        [&calls](const std::string& request) {
            return ++calls < 3 ? std::optional<std::string>("") : as_a_webhook(request);
        },
        transport::tls,
        identity_
    );
    ASSERT_TRUE(ask(webhook));
    EXPECT_EQ(webhook.requests().size(), 5U);
}

TEST_F(AskWebhook, GivesUpAtTheEndOfItsTime) {
    const scripted_server webhook(
        [](const std::string&) { return std::string(); }, transport::tls, identity_
    );
    const auto got = ask(webhook, 1200ms);
    ASSERT_FALSE(got);
    EXPECT_THAT(got.error().detail(), StartsWith("127.0.0.1"));
    EXPECT_TRUE(said_.empty());
}

TEST_F(AskWebhook, DoesNotWaitForACertificateThatIsNotToBeTrusted) {
    const test_pair other = make_authority("b");
    const scripted_server webhook(
        as_a_webhook, transport::tls, make_leaf(other, machine_clock().now())
    );
    const tick_time begun = time_.ticks();
    const auto got = ask(webhook, 60s);
    ASSERT_FALSE(got);
    EXPECT_EQ(
        got.error().detail(),
        "the certificate of 127.0.0.1 is not to be trusted: unable to get local issuer "
        "certificate; its CA is expected in --ca-file"
    );
    EXPECT_LT(time_.ticks() - begun, 30s);
}

TEST_F(AskWebhook, SaysWhatHelpsAgainstACertificate) {
    const auto told = [this](const leaf_options& how) {
        const scripted_server webhook(
            as_a_webhook, transport::tls, make_leaf(authority_, time_.now(), how)
        );
        return ask(webhook).error().detail();
    };
    EXPECT_EQ(
        told({.valid_for = -1h}),
        "the certificate of 127.0.0.1 is not to be trusted: certificate has expired; the webhook "
        "needs another one"
    );
    EXPECT_EQ(
        told({.names = "IP:127.0.0.2"}),
        "the certificate of 127.0.0.1 is not to be trusted: IP address mismatch; name the webhook "
        "as its certificate does"
    );
}

} // namespace
} // namespace gatehouse::server
