#include "server/in_cluster.h"

#include "server/base64_text.h"
#include "tests/support/kube_fixture.h"

#include <gmock/gmock.h>

#include <thread>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing_support::configuration_path;
using testing_support::lease_path;

class InCluster : public testing_support::kube_fixture {
  protected:
    InCluster() {
        api_.put(lease_path, {{"kind", "Lease"}});
        api_.put(configuration_path, {{"kind", "ValidatingWebhookConfiguration"}});
        cluster_options options;
        options.api = access();
        options.lease = {"gatehouse-system", "gatehouse-leader"};
        options.identity = "a_1";
        options.configuration = "gatehouse";
        cluster_.emplace(
            loop_,
            files_,
            time_,
            log_,
            std::move(options),
            in_cluster::owner{
                .is_ready = [this] { return is_ready_(); },
                .told_ready = [this] { return told_ready_; },
                .certificate_changed = [] {},
                .certificate_refused = [] {}}
        );
        cluster_->use(rendered("gatehouse"), "PEM");
    }
    ~InCluster() override {
        may_go_on_ = true;
        bool is_over = false;
        begin(stop(&is_over));
        EXPECT_TRUE(until([&] { return is_over; }));
        end();
    }
    awaitable<void> stop(bool* is_over) {
        co_await cluster_->stop();
        *is_over = true;
    }

    /// Their one caBundle; empty where nothing is registered.
    [[nodiscard]] std::string registered() const {
        const json all = api_.at(configuration_path).value("webhooks", json::array());
        return all.empty() ? "" : all[0]["clientConfig"].value("caBundle", "none");
    }
    [[nodiscard]] std::string row(std::string_view name) const {
        std::vector<health_check> all;
        cluster_->add_checks(all);
        for (const health_check& one : all) {
            if (one.name == name) {
                return one.detail;
            }
        }
        return "no such row";
    }

    log log_{pipe_[1], log_format::json, log_level::info, time_};
    std::function<bool()> is_ready_ = [] { return true; };
    std::optional<tick_time> told_ready_ = time_.ticks() - 1h;
    std::optional<in_cluster> cluster_;
};

TEST_F(InCluster, RegistersWithTheBundle) {
    cluster_->start();
    EXPECT_TRUE(until([&] { return registered() == base64_text("PEM"); }));
    EXPECT_TRUE(until([&] {
        return row("registration") == "validatingwebhookconfigurations gatehouse: as it should be";
    }));
}

TEST_F(InCluster, AFaultIsToldAndTheDutiesAreBegunAnew) {
    is_ready_ = [this] {
        if (!has_happened_.exchange(true)) {
            throw std::runtime_error("out of luck");
        }
        return true;
    };
    cluster_->start();
    EXPECT_TRUE(until([&] { return registered() == base64_text("PEM"); }));
    EXPECT_THAT(logged(), HasSubstr(R"("event":"cluster_fault","error":"out of luck")"));
}

TEST_F(InCluster, ARenamedRegistrationKeepsItsNameAndFollowsTheBundle) {
    cluster_->start();
    ASSERT_TRUE(until([&] { return registered() == base64_text("PEM"); }));
    static_cast<void>(logged());
    cluster_->use(rendered("other"), "PEM PEM");
    EXPECT_TRUE(until([&] { return registered() == base64_text("PEM PEM"); }));
    EXPECT_THAT(
        logged(),
        HasSubstr(R"("event":"registration_renamed","configuration":"other","kept":"gatehouse",)"
                  R"("advice":"restart the server")")
    );
}

TEST_F(InCluster, WhomNobodyProbesIsRegisteredAllTheSameInTheEnd) {
    told_ready_.reset();
    cluster_->start();
    ASSERT_TRUE(until([&] { return cluster_->figures().is_leader; }));
    EXPECT_FALSE(until([&] { return !registered().empty(); }, 1500ms));
    time_.advance(20s);
    EXPECT_TRUE(until([&] { return registered() == base64_text("PEM"); }));
}

TEST_F(InCluster, WhatAnotherCallsItselfIsMadePrintable) {
    api_.edit(lease_path, [](json& lease) {
        lease["spec"] = {
            {"holderIdentity", "x\n[+]everything ok\u202e"}, {"leaseDurationSeconds", 15}};
    });
    cluster_->start();
    ASSERT_TRUE(until([&] { return row("kubernetes").find("the leader is x") != std::string::npos; }
    ));
    EXPECT_THAT(row("kubernetes"), Not(HasSubstr("\n")));
    EXPECT_THAT(row("kubernetes"), Not(HasSubstr("\u202e")));
}

TEST_F(InCluster, WhatSomebodyChangedMeanwhileIsReadBeforeItIsWritten) {
    cluster_->start();
    ASSERT_TRUE(until([&] { return registered() == base64_text("PEM"); }));
    // No watch tells of it.
    const std::size_t watches = api_.count("WATCH " + configuration_path);
    api_.stall_watches();
    api_.cut_watches();
    ASSERT_TRUE(until([&] { return api_.count("WATCH " + configuration_path) > watches; }));
    const std::size_t before = api_.count("PATCH");
    api_.meddle(configuration_path, [](json& object) {
        object["metadata"]["labels"] = {{"a", "b"}};
    });
    cluster_->use(rendered("gatehouse"), "NEW");
    EXPECT_TRUE(until([&] { return registered() == base64_text("NEW"); }));
    EXPECT_EQ(api_.at(configuration_path)["metadata"]["labels"], (json{{"a", "b"}}));
    EXPECT_EQ(cluster_->figures().not_applied, 0U);
    EXPECT_EQ(api_.count("PATCH"), before + 2);
}

/// Of the two writes that a condition of somebody else's takes.
TEST_F(InCluster, WhoLeadsNoMoreWritesNothingMore) {
    cluster_->start();
    ASSERT_TRUE(until([&] {
        return row("registration") == "validatingwebhookconfigurations gatehouse: as it should be";
    }));
    const std::size_t before = api_.count("PATCH");
    api_.before_answer([this](const std::string& request) {
        if (request.starts_with("PATCH") && !has_happened_.exchange(true)) {
            while (!may_go_on_) {
                std::this_thread::yield();
            }
        }
    });
    api_.edit(configuration_path, [](json& object) {
        object["webhooks"][0]["matchConditions"] = {{{"name", "none"}, {"expression", "false"}}};
    });
    ASSERT_TRUE(until([&] { return has_happened_.load(); }));
    cluster_->step_down();
    may_go_on_ = true;
    bool is_over = false;
    begin(stop(&is_over));
    EXPECT_TRUE(until([&] { return is_over; }));
    EXPECT_EQ(api_.count("PATCH"), before + 1);
}

/// Somebody who undoes what is written at once is answered once a second, not as fast as machines can.
TEST_F(InCluster, AQuarrelIsSlow) {
    cluster_->start();
    ASSERT_TRUE(until([&] { return registered() == base64_text("PEM"); }));
    const std::size_t before = api_.count("PATCH");
    const auto undo = [&] {
        if (!registered().empty()) {
            api_.edit(configuration_path, [](json& object) { object.erase("webhooks"); });
        }
        return api_.count("PATCH") >= before + 4;
    };
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_TRUE(until(undo));
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 2s);
}

/// The write is answered, and before the answer comes the watch tells what somebody else made of it.
TEST_F(InCluster, AnAnswerThatIsLateHidesNothing) {
    api_.before_answer([this](const std::string& request) {
        if (request.starts_with("PATCH") && !has_happened_) {
            api_.edit(configuration_path, [](json& object) {
                object["webhooks"][0]["failurePolicy"] = "Ignore";
            });
            api_.wait_until_told();
            has_happened_ = true;
        }
    });
    cluster_->start();
    ASSERT_TRUE(until([&] { return has_happened_.load(); }));
    EXPECT_TRUE(until([&] {
        return api_.at(configuration_path)["webhooks"][0].value("failurePolicy", "") == "Fail";
    }));
}

} // namespace
} // namespace gatehouse::server
