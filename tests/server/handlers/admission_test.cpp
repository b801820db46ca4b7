#include "server/handlers/admission.h"

#include "server/padded_buffer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/review_builder.h"
#include "tests/support/signature_policies.h"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstring>
#include <list>
#include <stdexcept>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing_support::evidence_of;
using testing_support::fake_clock;
using testing_support::json;
using testing_support::signed_by;

/// Asks for signatures of reg.example.
std::shared_ptr<const policy::policy_set> signature_policies(
    const std::string& name = "p",
    const std::string& key = "P-256"
) {
    policy::policy_document policy = testing_support::policy_of(
        {testing_support::entry_of({testing_support::signer("kms", {key})})}
    );
    policy.name = name;
    policy.signatures.front().tags = policy::tag_mode::allow;
    std::vector<policy::policy_document> all;
    all.push_back(std::move(policy));
    return std::make_shared<const policy::policy_set>(std::move(all));
}

policy::evidence evidence_for(const std::string& image, bool is_signed) {
    std::vector<policy::verified_signature> verified;
    if (is_signed) {
        verified.push_back(signed_by("P-256", 'a'));
    }
    policy::evidence out;
    out.images.push_back(evidence_of(image, 'a', std::move(verified)));
    return out;
}

struct seen_review : review_observer {
    void reviewed(const review_outcome& outcome, steady::duration, std::size_t bytes) override {
        decisions.emplace_back(outcome.decision);
        body_bytes = bytes;
        for (const auto& one : outcome.violations) {
            policies.emplace_back(one.policy);
        }
    }
    std::vector<std::string> decisions;
    std::vector<std::string> policies;
    std::size_t body_bytes = 0;
};

/// A body as a session keeps it, and the request around it.
struct sent_review {
    sent_review(const std::string& image, std::size_t filling, std::string_view query) : bytes(0) {
        json pod = testing_support::good_pod();
        pod["spec"]["containers"][0]["image"] = image;
        pod["metadata"]["annotations"]["filling"] = std::string(filling, 'x');
        const std::string text = testing_support::review_of(pod);
        bytes = padded_buffer(text.size() + body_padding);
        std::memcpy(bytes.all().data(), text.data(), text.size());
        request.query = query;
        request.body = std::as_const(bytes).all().first(text.size());
    }
    padded_buffer bytes;
    request_view request;
};

class Admission : public testing::Test {
  protected:
    /// What the handler says; an answer that takes its time is run on the loop.
    std::shared_ptr<std::optional<response>> post(
        const std::string& image,
        std::size_t filling = 0,
        std::string_view query = "timeout=10s"
    ) {
        sent_review& sent = sent_.emplace_back(image, filling, query);
        sent.request.received = steady::now();
        received = sent.request.received;
        auto out = std::make_shared<std::optional<response>>();
        reply given = handler.answer(sent.request);
        if (auto* now = std::get_if<response>(&given)) {
            *out = std::move(*now);
            return out;
        }
        asio::co_spawn(
            runs,
            std::get<awaitable<response>>(std::move(given)),
            [out](const std::exception_ptr& fault, response got) {
                EXPECT_FALSE(fault);
                *out = std::move(got);
            }
        );
        return out;
    }

    static bool is_allowed(const std::shared_ptr<std::optional<response>>& answer) {
        return json::parse(answer->value().body).at("response").at("allowed").get<bool>();
    }

    /// Evidence of a signed image, when the test lets it come.
    static awaitable<policy::evidence> later(steady_timer& gate, policy::evidence what) {
        co_await gate.async_wait(use_token);
        co_return what;
    }
    static awaitable<policy::evidence> broken() {
        throw std::runtime_error("a bug");
        co_return policy::evidence{};
    }

    void run() {
        runs.restart();
        runs.run_for(5s);
    }

    loop runs{1};
    cpu_pool pool{runs, 1};
    byte_budget budget;
    fake_clock time;
    seen_review observer;
    std::shared_ptr<const policy::policy_set> policies = signature_policies();
    std::vector<std::string> wanted;
    tick_time deadline{};
    tick_time received{};
    std::function<admission::evidence_answer(const std::string& image)> evidence =
        [](const std::string& image) { return evidence_for(image, true); };
    std::list<sent_review> sent_;
    admission handler{
        {runs, pool, budget, time, observer},
        [this] { return policies; },
        [this](const std::vector<policy::image_want>& wants, tick_time until) {
            deadline = until;
            wanted.push_back(wants.at(0).image.text());
            return evidence(wanted.back());
        }};
};

TEST_F(Admission, EvidenceThatCannotBeAskedForIsNoAllow) {
    evidence = [](const std::string&) -> admission::evidence_answer {
        throw std::runtime_error("a bug");
    };
    EXPECT_FALSE(is_allowed(post("reg.example/app:1")));
}

TEST_F(Admission, AsksForNothingThatNobodyWants) {
    EXPECT_TRUE(is_allowed(post("other.example/app:1")));
    EXPECT_THAT(wanted, IsEmpty());
}

TEST_F(Admission, AnswersAtOnceWhereEvidenceIsKnown) {
    const auto answer = post("reg.example/app:1");
    EXPECT_TRUE(is_allowed(answer));
    EXPECT_THAT(wanted, ElementsAre("reg.example/app:1"));
    EXPECT_THAT(observer.decisions, ElementsAre("allow"));
}

TEST_F(Admission, DeniesWhatIsNotSigned) {
    evidence = [](const std::string& image) { return evidence_for(image, false); };
    EXPECT_FALSE(is_allowed(post("reg.example/app:1")));
    EXPECT_THAT(observer.decisions, ElementsAre("deny"));
}

TEST_F(Admission, WaitsForEvidenceWithinItsTime) {
    steady_timer gate(runs.get_executor(), tick_time::max());
    evidence = [&](const std::string& image) { return later(gate, evidence_for(image, true)); };
    const auto answer = post("reg.example/app:1", 0, "timeout=10s");
    runs.poll();
    EXPECT_FALSE(answer->has_value());
    // max(T - 1.2 s, T/2), and time to answer.
    EXPECT_EQ(deadline - received, 8700ms);
    gate.cancel();
    run();
    EXPECT_TRUE(is_allowed(answer));
    EXPECT_EQ(observer.body_bytes, sent_.front().request.body.size());
}

TEST_F(Admission, LeavesAShortReviewTimeToAnswer) {
    post("reg.example/app:1", 0, "timeout=400ms");
    EXPECT_EQ(deadline - received, 150ms);
}

// The parser is shared, so nothing of a review that waits may lie in it.
TEST_F(Admission, ReviewsThatWaitDoNotMix) {
    steady_timer first_gate(runs.get_executor(), tick_time::max());
    steady_timer second_gate(runs.get_executor(), tick_time::max());
    evidence = [&](const std::string& image) {
        const bool is_first = image.find("first") != std::string::npos;
        return later(is_first ? first_gate : second_gate, evidence_for(image, !is_first));
    };
    const auto first = post("reg.example/first:1");
    const auto second = post("reg.example/second:1");
    runs.poll();
    second_gate.cancel();
    runs.restart();
    runs.poll();
    ASSERT_TRUE(second->has_value());
    EXPECT_FALSE(first->has_value());
    first_gate.cancel();
    run();
    EXPECT_TRUE(is_allowed(second));
    EXPECT_FALSE(is_allowed(first));
    EXPECT_THAT(first->value().body, HasSubstr("reg.example/first:1"));
}

TEST_F(Admission, ALargeReviewWaitsToo) {
    const auto answer = post("reg.example/app:1", admission::largest_on_loop);
    run();
    EXPECT_TRUE(is_allowed(answer));
    EXPECT_THAT(wanted, SizeIs(1));
    EXPECT_EQ(budget.in_flight(), 0U);
}

TEST_F(Admission, WhileItWaitsOthersHaveTheirTurn) {
    steady_timer gate(runs.get_executor(), tick_time::max());
    evidence = [&](const std::string& image) { return later(gate, evidence_for(image, true)); };
    const auto first = post("reg.example/first:1", admission::largest_in_parallel);
    const auto second = post("reg.example/second:1", admission::largest_in_parallel);
    while (wanted.size() < 2) {
        runs.restart();
        ASSERT_NE(runs.run_one_for(5s), 0U);
    }
    EXPECT_EQ(budget.in_flight(), 0U) << "what is parsed weighs no longer";
    gate.cancel();
    run();
    EXPECT_TRUE(is_allowed(first));
    EXPECT_TRUE(is_allowed(second));
}

TEST_F(Admission, ABugWhileWaitingIsNoAllow) {
    evidence = [](const std::string&) { return broken(); };
    const auto answer = post("reg.example/app:1");
    run();
    EXPECT_FALSE(is_allowed(answer));
    EXPECT_THAT(answer->value().body, HasSubstr("could not be verified"));
}

// signature-formats 10.14: what a request began with is what it ends with.
TEST_F(Admission, AReloadWhileItWaitsChangesNothing) {
    steady_timer gate(runs.get_executor(), tick_time::max());
    evidence = [&](const std::string& image) { return later(gate, evidence_for(image, false)); };
    const auto answer = post("reg.example/app:1");
    runs.poll();
    policies = signature_policies("next");
    gate.cancel();
    run();
    EXPECT_FALSE(is_allowed(answer));
    EXPECT_THAT(answer->value().body, HasSubstr("[p/image-signature]"));
    EXPECT_THAT(observer.policies, ElementsAre("p"));
}

TEST_F(Admission, AReloadWhileItWaitsJudgesByItsOwnKeys) {
    steady_timer gate(runs.get_executor(), tick_time::max());
    // Signed by P-256, whoever asks.
    evidence = [&](const std::string& image) { return later(gate, evidence_for(image, true)); };
    const auto before = post("reg.example/before:1");
    runs.poll();
    policies = signature_policies("next", "P-384");
    const auto behind = post("reg.example/behind:1");
    runs.restart();
    runs.poll();
    EXPECT_FALSE(before->has_value());
    gate.cancel();
    run();
    EXPECT_TRUE(is_allowed(before));
    EXPECT_FALSE(is_allowed(behind));
    EXPECT_THAT(observer.policies, ElementsAre("next"));
}

} // namespace
} // namespace gatehouse::server
