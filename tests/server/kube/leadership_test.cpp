#include "server/kube/leadership.h"

#include "tests/support/kube_fixture.h"

#include <gmock/gmock.h>

#include <thread>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::lease_path;

class Leadership : public testing_support::kube_fixture {
  protected:
    Leadership() {
        leadership_.emplace(
            loop_,
            client_,
            time_,
            namespaced_name{"gatehouse-system", "gatehouse-leader"},
            "a_1",
            leadership::listener{
                [] {},
                [this](const std::string& why) {
                    if (!why.empty() && (lost_.empty() || lost_.back() != why)) {
                        lost_.push_back(why);
                    }
                }}
        );
    }
    ~Leadership() override { end(); }

    void start() { begin(run_to_end()); }
    awaitable<void> run_to_end() {
        co_await leadership_->run();
        has_ended_ = true;
    }
    [[nodiscard]] std::string holder() const {
        const json lease = api_.at(lease_path);
        return lease.is_null() ? "no Lease" : lease["spec"].value("holderIdentity", "");
    }

    std::optional<leadership> leadership_;
    std::vector<std::string> lost_;
    bool has_ended_ = false;
};

TEST_F(Leadership, MakesALeaseThatIsNotThere) {
    start();
    EXPECT_TRUE(until([&] { return leadership_->is_leader(); }));
    EXPECT_EQ(holder(), "a_1");
    EXPECT_EQ(api_.at(lease_path)["metadata"].at("namespace"), "gatehouse-system");
    EXPECT_THAT(lost_, IsEmpty());
}

TEST_F(Leadership, TellsWhyTheLeaseCannotBeRead) {
    api_.forbid("GET " + lease_path);
    start();
    EXPECT_TRUE(until([&] { return !lost_.empty(); }));
    EXPECT_THAT(
        lost_,
        ElementsAre(
            "get of leases gatehouse-system/gatehouse-leader: the API server answered 403: "
            + lease_path + " is forbidden: the role lacks it"
        )
    );
    EXPECT_FALSE(leadership_->is_leader());
}

TEST_F(Leadership, ThatAnotherWasQuickerIsNoTrouble) {
    api_.put(lease_path, {{"kind", "Lease"}});
    api_.meddle(lease_path, [](json& lease) {
        lease["spec"] = {{"holderIdentity", "b_1"}, {"leaseDurationSeconds", 15}};
    });
    start();
    EXPECT_TRUE(until([&] { return leadership_->holder() == "b_1"; }));
    EXPECT_FALSE(leadership_->is_leader());
    EXPECT_THAT(lost_, IsEmpty());
}

TEST_F(Leadership, GivesTheLeaseBack) {
    start();
    ASSERT_TRUE(until([&] { return leadership_->is_leader(); }));
    leadership_->step_down();
    EXPECT_FALSE(leadership_->is_leader());
    EXPECT_TRUE(until([&] { return has_ended_; }));
    EXPECT_EQ(holder(), "");
    EXPECT_EQ(leadership_->holder(), "");
}

TEST_F(Leadership, GivesBackWhatItClaimsWhileItIsToldToStop) {
    api_.before_answer([this](const std::string& request) {
        if (request.starts_with("PUT") && !has_happened_.exchange(true)) {
            while (!may_go_on_) {
                std::this_thread::yield();
            }
        }
    });
    start();
    ASSERT_TRUE(until([&] { return has_happened_.load(); }));
    ASSERT_EQ(holder(), "a_1");
    leadership_->step_down();
    may_go_on_ = true;
    EXPECT_TRUE(until([&] { return has_ended_; }));
    EXPECT_EQ(holder(), "");
}

TEST_F(Leadership, GivesBackALeaseThatSomebodyChangedMeanwhile) {
    start();
    ASSERT_TRUE(until([&] { return leadership_->is_leader(); }));
    api_.meddle(lease_path, [](json& lease) { lease["metadata"]["labels"] = {{"a", "b"}}; });
    leadership_->step_down();
    EXPECT_TRUE(until([&] { return has_ended_; }));
    EXPECT_EQ(holder(), "");
    EXPECT_EQ(api_.at(lease_path)["metadata"]["labels"], (json{{"a", "b"}}));
}

TEST_F(Leadership, LeavesALeaseAloneThatAnotherTook) {
    start();
    ASSERT_TRUE(until([&] { return leadership_->is_leader(); }));
    api_.edit(lease_path, [](json& lease) { lease["spec"]["holderIdentity"] = "b_1"; });
    leadership_->step_down();
    EXPECT_TRUE(until([&] { return has_ended_; }));
    EXPECT_EQ(holder(), "b_1");
}

TEST_F(Leadership, EndsAlthoughTheLeaseCannotBeGivenBack) {
    start();
    ASSERT_TRUE(until([&] { return leadership_->is_leader(); }));
    api_.forbid("PUT " + lease_path);
    const std::size_t before = api_.count("PUT " + lease_path);
    leadership_->step_down();
    EXPECT_TRUE(until([&] { return has_ended_; }));
    EXPECT_EQ(api_.count("PUT " + lease_path), before + 3);
    EXPECT_EQ(holder(), "a_1");
}

TEST_F(Leadership, EndsAlthoughTheLeaseCanBeNeitherGivenBackNorRead) {
    start();
    ASSERT_TRUE(until([&] { return leadership_->is_leader(); }));
    api_.forbid("PUT " + lease_path);
    api_.forbid("GET " + lease_path);
    const std::size_t before = api_.count("PUT " + lease_path);
    leadership_->step_down();
    EXPECT_TRUE(until([&] { return has_ended_; }));
    EXPECT_EQ(api_.count("PUT " + lease_path), before + 1);
    EXPECT_EQ(holder(), "a_1");
}

} // namespace
} // namespace gatehouse::server
