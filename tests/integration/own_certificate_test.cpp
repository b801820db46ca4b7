// Certificates of Gatehouse's own: filled into an empty Secret, served by every replica, published, and rotated
// while an API server that trusts exactly what is published at that moment keeps asking.

#include "policy/signature/base64.h"
#include "server/base64_text.h"
#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/own_replica.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/eventually.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <atomic>
#include <thread>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr seconds limit{30};

class OwnCertificate : public testing::Test {
  protected:
    OwnCertificate() { install_chart_with_secret(api_); }

    [[nodiscard]] std::string field(const char* name) const {
        const json data = api_.at(secret_path).value("data", json::object());
        return policy::decode_base64(data.value(name, "")).value_or("not base64");
    }
    [[nodiscard]] std::string annotation(const char* name) const {
        const json metadata = api_.at(secret_path).at("metadata");
        return metadata.value("annotations", json::object()).value(name, "");
    }
    [[nodiscard]] std::string phase() const { return annotation("gatehouse.dev/phase"); }
    [[nodiscard]] std::string published() const {
        const json all = api_.at(configuration_path).value("webhooks", json::array());
        return all.empty() ? ""
                           : policy::decode_base64(all[0]["clientConfig"].value("caBundle", ""))
                                 .value_or("not base64");
    }
    void ask_for(const char* what) {
        api_.edit(secret_path, [what](json& secret) {
            secret["metadata"]["annotations"]["gatehouse.dev/rotate"] = what;
        });
    }
    /// Filled, published and served.
    [[nodiscard]] bool is_up(const own_replica& one) const {
        return get_ops(one.ops_port(), "/readyz").status == 200 && !published().empty()
               && published() == field("ca.crt");
    }
    [[nodiscard]] static std::string ready_text(const own_replica& of) {
        return get_ops(of.ops_port(), "/readyz?verbose").body;
    }
    [[nodiscard]] static std::string served_by(const own_replica& of) {
        return tls_connection(of.port()).peer_certificate();
    }
    [[nodiscard]] static std::size_t certificates_in(const std::string& bundle) {
        std::size_t found = 0;
        for (std::size_t at = bundle.find("BEGIN CERT"); at != std::string::npos;
             at = bundle.find("BEGIN CERT", at + 1)) {
            ++found;
        }
        return found;
    }

    fake_kube_api api_;
};

/// An API server that reads caBundle anew for each call, as one does whose watch is never behind.
class trusting_caller {
  public:
    trusting_caller(std::function<std::string()> bundle, std::vector<std::uint16_t> ports)
        : bundle_(std::move(bundle)), ports_(std::move(ports)), thread_([this] { run(); }) {}
    ~trusting_caller() { stop(); }

    /// Ends it, some calls after everything else has happened.
    void expect_no_loss() {
        const int before = answers_;
        EXPECT_TRUE(eventually(limit, [&] { return answers_ > before + 20; }));
        stop();
        EXPECT_THAT(losses_, IsEmpty());
    }

  private:
    void stop() {
        stopping_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    void run() {
        const std::string review = review_of(bad_pod());
        for (std::size_t i = 0; !stopping_; ++i) {
            try {
                tls_options how;
                how.ca = bundle_();
                tls_connection connection(ports_[i % ports_.size()], how);
                const http_response answer = connection.exchange({.body = review});
                if (response_in(answer, review).at("allowed") != false) {
                    throw std::runtime_error("allowed");
                }
                ++answers_;
            } catch (const std::exception& error) {
                losses_.emplace_back(error.what());
            }
        }
    }

    std::function<std::string()> bundle_;
    std::vector<std::uint16_t> ports_;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> answers_ = 0;
    std::vector<std::string> losses_; ///< the thread's until it has ended
    std::thread thread_;
};

TEST_F(OwnCertificate, FillsAnEmptySecretServesAndPublishesIt) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(replica); })) << replica.process().log();
    EXPECT_EQ(served_by(replica), field("tls.crt"));
    EXPECT_EQ(phase(), "steady");
    EXPECT_EQ(certificates_in(published()), 1U);
    EXPECT_EQ(api_.at(secret_path).at("type"), "Opaque");
    tls_options trusting;
    trusting.ca = published();
    EXPECT_NO_THROW(tls_connection(replica.port(), trusting));
    EXPECT_THAT(ready_text(replica), HasSubstr("[+]certificate ok: valid until "));
    EXPECT_EQ(
        metric(replica.ops_port(), R"(gatehouse_certificate_rotations_total{phase="filled"})"), 1
    );
    EXPECT_GT(metric(replica.ops_port(), "gatehouse_ca_expiry_timestamp_seconds"), 1e9);
    for (const char* key : {"tls.key", "ca.key"}) {
        const std::string text = field(key);
        ASSERT_THAT(text, HasSubstr("PRIVATE KEY"));
        const std::string line = text.substr(text.find('\n') + 1, 40);
        EXPECT_EQ(replica.process().log().find(line), std::string::npos) << key;
    }
}

TEST_F(OwnCertificate, WithoutOneItIsNotReadyAndSaysWhy) {
    api_.remove(secret_path);
    const own_replica replica(api_, "gatehouse-a");
    const std::string why = "secrets gatehouse-system/gatehouse-certificates: not there; the chart "
                            "makes it, empty";
    EXPECT_TRUE(eventually(limit, [&] {
        return ready_text(replica).find("[-]certificate failed: none loaded\n    " + why)
               != std::string::npos;
    })) << ready_text(replica);
    EXPECT_EQ(published(), "");
    api_.put(secret_path, {{"kind", "Secret"}});
    EXPECT_TRUE(eventually(limit, [&] { return is_up(replica); }));
}

TEST_F(OwnCertificate, TheCaRotatesUnderLoadWithoutOneFailedCall) {
    const own_replica first(api_, "gatehouse-a");
    const own_replica second(api_, "gatehouse-b");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(first) && is_up(second); }));
    const std::string before = published();
    const std::string leaf = field("tls.crt");
    trusting_caller caller([this] { return published(); }, {first.port(), second.port()});
    for (int round = 0; round < 2; ++round) {
        const std::string old = published();
        ask_for("ca");
        EXPECT_TRUE(eventually(limit, [&] { return phase() == "published"; }));
        EXPECT_TRUE(eventually(limit, [&] { return certificates_in(published()) == 2; }));
        EXPECT_TRUE(eventually(limit, [&] { return phase() == "switched"; }));
        EXPECT_TRUE(eventually(limit, [&] {
            return phase() == "steady" && certificates_in(published()) == 1 && published() != old;
        }));
    }
    caller.expect_no_loss();
    EXPECT_NE(published(), before);
    EXPECT_NE(field("tls.crt"), leaf);
    EXPECT_EQ(served_by(first), field("tls.crt"));
    EXPECT_EQ(served_by(second), field("tls.crt"));
    EXPECT_EQ(annotation("gatehouse.dev/rotate"), "");
}

TEST_F(OwnCertificate, ARotationGoesOnUnderAnotherLeader) {
    own_replica first(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(first); }));
    const own_replica second(api_, "gatehouse-b");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(second); }));
    const std::string old = published();
    trusting_caller caller([this] { return published(); }, {second.port()});
    ask_for("ca");
    EXPECT_TRUE(eventually(limit, [&] { return phase() == "published"; }));
    first.process().send_signal(SIGTERM);
    EXPECT_TRUE(eventually(limit, [&] {
        return phase() == "steady" && certificates_in(published()) == 1 && published() != old;
    }));
    caller.expect_no_loss();
}

TEST_F(OwnCertificate, ALeafIsRenewedInOneStep) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(replica); }));
    const std::string authority = published();
    const std::string leaf = field("tls.crt");
    trusting_caller caller([this] { return published(); }, {replica.port()});
    ask_for("certificate");
    EXPECT_TRUE(eventually(limit, [&] {
        return field("tls.crt") != leaf && served_by(replica) == field("tls.crt");
    }));
    caller.expect_no_loss();
    EXPECT_EQ(published(), authority);
    EXPECT_EQ(annotation("gatehouse.dev/rotate"), "");
}

TEST_F(OwnCertificate, IsRenewedByItselfInTime) {
    const own_replica replica(
        api_,
        "gatehouse-a",
        {"--certificate-lifetime", "10s", "--ca-lifetime", "1h", "--rotation-settle", "1s"}
    );
    ASSERT_TRUE(eventually(limit, [&] { return is_up(replica); }));
    trusting_caller caller([this] { return published(); }, {replica.port()});
    for (int round = 0; round < 2; ++round) {
        const std::string leaf = field("tls.crt");
        EXPECT_TRUE(eventually(limit, [&] { return field("tls.crt") != leaf; }));
    }
    caller.expect_no_loss();
}

TEST_F(OwnCertificate, AnEmptiedSecretGetsBackWhatIsInForce) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(replica); }));
    const json data = api_.at(secret_path).at("data");
    trusting_caller caller([this] { return published(); }, {replica.port()});
    api_.edit(secret_path, [](json& secret) { secret.erase("data"); });
    EXPECT_TRUE(eventually(limit, [&] {
        return api_.at(secret_path).value("data", json::object()) == data;
    }));
    caller.expect_no_loss();
    EXPECT_EQ(
        metric(replica.ops_port(), R"(gatehouse_certificate_rotations_total{phase="restored"})"), 1
    );
}

TEST_F(OwnCertificate, ASecretThatMakesNoSenseIsToldAndLeftAlone) {
    own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(replica); }));
    const std::string served = served_by(replica);
    const json good = api_.at(secret_path).at("data");
    const test_pair other = make_authority("other");
    api_.edit(secret_path, [&](json& secret) {
        secret["data"]["tls.key"] = server::base64_text(other.key);
    });
    const json broken = api_.at(secret_path).at("data");
    const std::string why = "secrets gatehouse-system/gatehouse-certificates: tls.key: the private "
                            "key does not match the certificate tls.crt; never overwritten: empty "
                            "the Secret to have what is in force written back";
    EXPECT_TRUE(eventually(limit, [&] {
        return ready_text(replica).find(why) != std::string::npos;
    })) << ready_text(replica);
    EXPECT_THAT(replica.process().log(), HasSubstr(why));
    EXPECT_EQ(get_ops(replica.ops_port(), "/readyz").status, 200);
    EXPECT_EQ(served_by(replica), served);
    EXPECT_EQ(api_.at(secret_path).at("data"), broken);
    const std::string is_successful = "gatehouse_certificate_last_load_successful";
    EXPECT_EQ(metric(replica.ops_port(), is_successful), 0);
    // Nor does a reload of everything else make it good.
    const std::string loads = R"(gatehouse_policy_loads_total{result="success"})";
    const double before = metric(replica.ops_port(), loads);
    static_cast<void>(replica.files().replace("policy.yaml", std::string(strict_policy) + "\n"));
    replica.process().send_signal(SIGHUP);
    ASSERT_TRUE(eventually(limit, [&] { return metric(replica.ops_port(), loads) > before; }));
    EXPECT_EQ(metric(replica.ops_port(), is_successful), 0);
    api_.edit(secret_path, [&](json& secret) { secret["data"] = good; });
    EXPECT_TRUE(eventually(limit, [&] {
        return ready_text(replica).find(why) == std::string::npos;
    }));
    EXPECT_EQ(metric(replica.ops_port(), is_successful), 1);
}

/// Nothing is told and nothing ends; a replica reads the Secret anew all the same, before a phase is over.
TEST_F(OwnCertificate, AStalledWatchHidesNothingOfTheSecret) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(replica); }));
    const std::string leaf = field("tls.crt");
    api_.stall_watches();
    api_.cut_watches();
    ask_for("certificate");
    EXPECT_TRUE(eventually(limit, [&] {
        return field("tls.crt") != leaf && served_by(replica) == field("tls.crt");
    }));
}

TEST_F(OwnCertificate, WhatSomebodyElseWroteMeanwhileIsReadAgainAndKept) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(replica); }));
    const std::string leaf = field("tls.crt");
    api_.meddle(secret_path, [](json& secret) { secret["metadata"]["labels"] = {{"a", "b"}}; });
    ask_for("certificate");
    EXPECT_TRUE(eventually(limit, [&] { return field("tls.crt") != leaf; }));
    EXPECT_EQ(api_.at(secret_path)["metadata"]["labels"], (json{{"a", "b"}}));
    EXPECT_EQ(
        metric(
            replica.ops_port(),
            R"(gatehouse_kube_requests_total{verb="update",resource="secrets",code="409"})"
        ),
        1
    );
}

TEST_F(OwnCertificate, StaysReadyThroughAnOutageAndKeepsServing) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] { return is_up(replica); }));
    const std::string served = served_by(replica);
    api_.go_away(true);
    EXPECT_TRUE(eventually(limit, [&] {
        return metric(replica.ops_port(), "gatehouse_leader") == 0;
    }));
    EXPECT_EQ(get_ops(replica.ops_port(), "/readyz").status, 200);
    EXPECT_EQ(served_by(replica), served);
    api_.go_away(false);
    EXPECT_TRUE(eventually(seconds(60), [&] {
        return metric(replica.ops_port(), "gatehouse_leader") == 1;
    }));
}

TEST_F(OwnCertificate, ASecretThatMayNotBeWrittenIsNamed) {
    api_.forbid("PUT " + secret_path);
    const own_replica replica(api_, "gatehouse-a");
    EXPECT_TRUE(eventually(limit, [&] {
        return replica.process().log().find(
                   "update of secrets gatehouse-system/gatehouse-certificates: the API server "
                   "answered 403"
               )
               != std::string::npos;
    }));
    EXPECT_THAT(ready_text(replica), HasSubstr("answered 403"));
    api_.permit_all();
    EXPECT_TRUE(eventually(seconds(60), [&] { return is_up(replica); }));
}

} // namespace
} // namespace gatehouse::testing_support
