#include "server/kube/watch.h"

#include "server/kube/events.h"
#include "tests/support/kube_fixture.h"

#include <gmock/gmock.h>

#include <thread>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::secret_path;

class ObjectWatch : public testing_support::kube_fixture {
  protected:
    ObjectWatch() { api_.put(secret_path, {{"kind", "Secret"}}); }
    ~ObjectWatch() override { end(); }

    void watch(watch_pace pace = {}) {
        watched_.emplace(
            loop_,
            client_,
            time_,
            counts_,
            place_,
            object_watch::listener{
                [this](json object) {
                    ++told_;
                    seen_ = std::move(object);
                },
                [this](const std::string& why) {
                    if (!why.empty()) {
                        lost_.push_back(why);
                    }
                }},
            pace
        );
        begin(watched_->run());
    }
    awaitable<void> look(bool* is_over) { *is_over = co_await watched_->look(); }
    void set(int n) {
        api_.edit(secret_path, [n](json& object) { object["n"] = n; });
    }
    [[nodiscard]] bool shows(int n) {
        return until([&] { return seen_.is_object() && seen_.value("n", 0) == n; });
    }
    [[nodiscard]] bool is_watching() {
        return until([&] { return api_.count("WATCH " + secret_path) > 0; });
    }

    const kube_place place_{kube_resource::secrets, "gatehouse-system", "gatehouse-certificates"};
    json seen_;
    int told_ = 0;
    std::vector<std::string> lost_;
    std::optional<object_watch> watched_;
};

TEST_F(ObjectWatch, TellsTheObjectAndEachChangeOnce) {
    set(1);
    watch();
    ASSERT_TRUE(is_watching());
    EXPECT_TRUE(shows(1));
    set(2);
    EXPECT_TRUE(shows(2));
    EXPECT_EQ(told_, 2);
    api_.remove(secret_path);
    EXPECT_TRUE(until([&] { return seen_.is_null(); }));
    api_.put(secret_path, {{"n", 3}});
    EXPECT_TRUE(shows(3));
    EXPECT_THAT(lost_, IsEmpty());
}

TEST_F(ObjectWatch, TakesWhatAnOwnWriteReturned) {
    watch();
    ASSERT_TRUE(until([&] { return seen_.is_object(); }));
    json written = seen_;
    written["metadata"]["resourceVersion"] = "100000";
    written["n"] = 4;
    watched_->take_own(resource_version_of(seen_), written);
    EXPECT_EQ(seen_, written);
}

/// Two events and then the answer to the first of the two writes: what is the newest stands.
TEST_F(ObjectWatch, DropsAnAnswerThatIsOlderThanWhatItTold) {
    watch();
    ASSERT_TRUE(until([&] { return seen_.is_object(); }));
    ASSERT_TRUE(is_watching());
    api_.before_answer([this](const std::string& request) {
        if (request.starts_with("PATCH")) {
            set(6);
            api_.wait_until_told();
        }
    });
    const json before = seen_;
    auto answer = run(client_.merge(place_, {{"n", 5}}));
    ASSERT_TRUE(std::holds_alternative<json>(answer));
    EXPECT_EQ(std::get<json>(answer).at("n"), 5);
    EXPECT_TRUE(shows(6));
    watched_->take_own(resource_version_of(before), std::get<json>(answer));
    EXPECT_EQ(seen_.at("n"), 6);
}

/// Read before, answered after: what the watch told between is the newer.
TEST_F(ObjectWatch, WhatIsReadHidesNothingThatWasToldMeanwhile) {
    watch();
    ASSERT_TRUE(until([&] { return seen_.is_object(); }));
    ASSERT_TRUE(is_watching());
    api_.before_answer([this](const std::string& request) {
        if (request.starts_with("GET") && !has_happened_.exchange(true)) {
            set(6);
            while (!may_go_on_) {
                std::this_thread::yield();
            }
        }
    });
    bool is_over = false;
    begin(look(&is_over));
    EXPECT_TRUE(shows(6));
    may_go_on_ = true;
    EXPECT_TRUE(until([&] { return is_over; }));
    EXPECT_EQ(seen_.at("n"), 6);
}

TEST_F(ObjectWatch, ReadsTheObjectAnewAfterEachWatchThatIsNotTrustedLonger) {
    watch({1s, 1s, 0s});
    EXPECT_TRUE(until([&] { return api_.count("GET " + secret_path) >= 3; }));
    EXPECT_GE(api_.count("WATCH " + secret_path), 2U);
    EXPECT_THAT(lost_, IsEmpty());
}

/// No event and no end: a watch of one second is given up a second after it, and the object read anew.
TEST_F(ObjectWatch, AStalledWatchIsGivenUpSoonAfterItsTime) {
    api_.stall_watches();
    watch({1s, 1s, 0s});
    ASSERT_TRUE(is_watching());
    const auto begun = std::chrono::steady_clock::now();
    set(7);
    EXPECT_TRUE(shows(7));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST_F(ObjectWatch, ADeletionBetweenReadingAndWatchingIsNotMissed) {
    api_.before_answer([this](const std::string& request) {
        if (request.starts_with("GET") && !has_happened_.exchange(true)) {
            api_.remove(secret_path);
        }
    });
    watch();
    ASSERT_TRUE(until([&] { return seen_.is_object(); }));
    EXPECT_TRUE(until([&] { return seen_.is_null(); }, 5s));
    EXPECT_THAT(lost_, IsEmpty());
}

TEST_F(ObjectWatch, AnErrorThatIsNotTheEndOfHistoryIsToldAndTheObjectReadAnew) {
    watch();
    ASSERT_TRUE(is_watching());
    const std::size_t before = api_.count("GET " + secret_path);
    api_.say_in_a_watch(
        R"({"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd is gone"}})"
    );
    EXPECT_TRUE(until([&] { return !lost_.empty(); }));
    EXPECT_THAT(lost_, ElementsAre("the API server ended the watch: etcd is gone"));
    EXPECT_TRUE(until([&] { return api_.count("GET " + secret_path) > before; }));
    set(8);
    EXPECT_TRUE(shows(8));
}

TEST_F(ObjectWatch, AnErrorWithoutWordsIsToldAsSuch) {
    watch();
    ASSERT_TRUE(is_watching());
    api_.say_in_a_watch(R"({"type":"ERROR","object":{"code":"x"}})");
    EXPECT_TRUE(until([&] { return !lost_.empty(); }));
    EXPECT_THAT(lost_, ElementsAre("the API server ended the watch: without a reason"));
}

TEST_F(ObjectWatch, TheEndOfHistoryIsNoTrouble) {
    watch();
    ASSERT_TRUE(is_watching());
    const std::size_t before = api_.count("GET " + secret_path);
    api_.say_in_a_watch(R"({"type":"ERROR","object":{"kind":"Status","code":410}})");
    EXPECT_TRUE(until([&] { return api_.count("GET " + secret_path) > before; }));
    EXPECT_THAT(lost_, IsEmpty());
}

TEST_F(ObjectWatch, AnEventThatCannotBeReadIsToldAndTheObjectReadAnew) {
    watch();
    ASSERT_TRUE(is_watching());
    api_.say_in_a_watch(R"({"type":"RENAMED","object":{}})");
    EXPECT_TRUE(until([&] { return !lost_.empty(); }));
    EXPECT_THAT(lost_, ElementsAre("an event of a watch is of no known type"));
    set(9);
    EXPECT_TRUE(shows(9));
}

/// Each with an event: as often as they come, they end.
TEST_F(ObjectWatch, WatchesThatEndAtOnceAreBegunAnewOnceASecondAtMost) {
    watch();
    ASSERT_TRUE(is_watching());
    const auto begun = std::chrono::steady_clock::now();
    for (int round = 1; round <= 3; ++round) {
        const auto expected = static_cast<std::size_t>(round) + 1;
        api_.say_in_a_watch(R"({"type":"ERROR","object":{"kind":"Status","code":410}})");
        ASSERT_TRUE(until([&] { return api_.count("WATCH " + secret_path) == expected; }));
    }
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 2s);
}

TEST_F(ObjectWatch, TheReasonWhyItMayNotWatchIsTold) {
    api_.forbid("WATCH");
    watch();
    EXPECT_TRUE(until([&] { return !lost_.empty(); }));
    EXPECT_EQ(
        lost_.front(),
        "watch of secrets gatehouse-system/gatehouse-certificates: the API server answered 403: "
            + secret_path + " is forbidden: the role lacks it"
    );
    EXPECT_TRUE(seen_.is_object());
}

} // namespace
} // namespace gatehouse::server
