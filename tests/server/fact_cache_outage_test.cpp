// What failures and outages of a registry do to what is known.
#include "server/fact_cache.h"
#include "tests/support/fact_cache_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using policy::failure_cause;
using policy::fetch_failure;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FactCacheOutage : public fact_cache_fixture {};

TEST_F(FactCacheOutage, RemembersEachCauseForItsOwnTime) {
    const std::vector<std::pair<failure_cause, std::chrono::milliseconds>> times{
        {failure_cause::connect, 3s},
        {failure_cause::server_error, 3s},
        {failure_cause::throttled, 5s},
        {failure_cause::unauthorized, 10s},
        {failure_cause::not_found, 10s},
        {failure_cause::malformed, 10s},
    };
    for (const auto& [cause, life] : times) {
        SCOPED_TRACE(policy::name_of(cause));
        store->tags.insert_or_assign(tagged, failure(cause));
        store->asked.clear();
        EXPECT_EQ(failure_of(ask(tagged)).cause, cause);
        time.advance(life - 1ms);
        EXPECT_EQ(failure_of(ask(tagged)).detail, "reg.example is in trouble");
        EXPECT_THAT(store->asked, SizeIs(1));
        time.advance(1ms);
        ask(tagged);
        EXPECT_THAT(store->asked, SizeIs(2));
        time.advance(1min);
    }
}

TEST_F(FactCacheOutage, DoesNotRememberThatItsOwnQueueWasFull) {
    store->tags.insert_or_assign(tagged, failure(failure_cause::too_many_lookups));
    ask(tagged);
    time.advance(1ms);
    store->tags.insert_or_assign(tagged, digest_of("one"));
    EXPECT_TRUE(std::holds_alternative<policy::digest>(ask(tagged).resolved));
}

// signature-formats 10.14: registry down with a cached positive result before its time ...
TEST_F(FactCacheOutage, AnOutageDoesNotTouchWhatIsFresh) {
    ask(tagged, {key_a()});
    store->tags.insert_or_assign(tagged, failure(failure_cause::connect));
    sign(failure(failure_cause::connect));
    time.advance(59s);
    const auto got = ask(tagged, {key_a()});
    EXPECT_THAT(facts_of(got).verified, SizeIs(1));
    EXPECT_FALSE(got.stale);
}

// ... and past it.
TEST_F(FactCacheOutage, AnOutageMakesExpiredFactsServeWithTheirAge) {
    ask(tagged, {key_a()});
    store->tags.insert_or_assign(tagged, failure(failure_cause::connect));
    sign(failure(failure_cause::connect));
    time.advance(20min);
    const auto got = ask(tagged, {key_a()});
    EXPECT_EQ(std::get<policy::digest>(got.resolved), digest_of("one"));
    EXPECT_THAT(facts_of(got).verified, SizeIs(1));
    EXPECT_EQ(got.stale, 20min);
    EXPECT_EQ(cache.figures().by_kind[0].stale, 1U);
    EXPECT_EQ(cache.figures().by_kind[1].stale, 1U);
}

TEST_F(FactCacheOutage, ATagServesNoLongerThanItsLimit) {
    ask(tagged);
    store->tags.insert_or_assign(tagged, failure(failure_cause::dns));
    time.advance(1h + 1s);
    EXPECT_EQ(failure_of(ask(tagged)).cause, failure_cause::dns);
}

TEST_F(FactCacheOutage, SignaturesServeNoLongerThanTheirLimit) {
    ask(pinned, {key_a()});
    sign(failure(failure_cause::dns));
    time.advance(24h);
    EXPECT_EQ(ask(pinned, {key_a()}).stale, 24h);
    time.advance(10s);
    EXPECT_EQ(source_failure(ask(pinned, {key_a()})).cause, failure_cause::dns);
}

TEST_F(FactCacheOutage, OnlyAnOutageMakesExpiredFactsServe) {
    ask(tagged);
    store->tags.insert_or_assign(tagged, failure(failure_cause::unauthorized));
    time.advance(60s);
    EXPECT_EQ(failure_of(ask(tagged)).cause, failure_cause::unauthorized);
}

TEST_F(FactCacheOutage, ATagThatIsGoneDoesNotComeBackWithAnOutage) {
    ask(tagged);
    time.advance(60s);
    store->tags.insert_or_assign(tagged, failure(failure_cause::not_found));
    ask(tagged);
    time.advance(10s);
    store->tags.insert_or_assign(tagged, failure(failure_cause::connect));
    EXPECT_EQ(failure_of(ask(tagged)).cause, failure_cause::connect);
}

TEST_F(FactCacheOutage, AnOutageDoesNotProlongAnAbsence) {
    sign(source_entry::candidates());
    ask(pinned, {key_a()});
    sign(failure(failure_cause::connect));
    time.advance(30s);
    EXPECT_EQ(source_failure(ask(pinned, {key_a()})).cause, failure_cause::connect);
}

TEST_F(FactCacheOutage, ANewKeyIsTriedThroughAnOutage) {
    ask(pinned, {key_b()});
    sign(failure(failure_cause::connect));
    time.advance(20min);
    const auto got = ask(pinned, {key_a()});
    EXPECT_THAT(facts_of(got).verified, SizeIs(1));
    EXPECT_EQ(got.stale, 20min);
}

TEST_F(FactCacheOutage, WaitsBrieflyWhereAnExpiredFactCouldServe) {
    ask(tagged);
    time.advance(60s);
    store->hold();
    const auto first = begin(want(tagged));
    time.advance(2s);
    cache.sweep();
    run_until([&] { return first->has_value(); });
    EXPECT_EQ((*first)->images.at(0).stale, 62s);
    // The registry counts as out now: nobody else waits.
    EXPECT_TRUE(std::holds_alternative<policy::evidence>(cache.ask(want(tagged), time.ticks() + 8s))
    );
    store->let_go();
    run_until([&] { return cache.lookups_under_way() == 0; });
    EXPECT_FALSE(ask(tagged).stale);
}

TEST_F(FactCacheOutage, LooksAtARegistryThatIsOutEveryFewSeconds) {
    ask(tagged);
    store->tags.insert_or_assign(tagged, failure(failure_cause::connect));
    time.advance(60s);
    ask(tagged);
    store->asked.clear();
    for (int i = 0; i < 6; ++i) {
        time.advance(1s);
        EXPECT_TRUE(ask(tagged).stale);
        runs.restart();
        runs.poll();
    }
    EXPECT_THAT(store->asked, SizeIs(2));
}

} // namespace
} // namespace gatehouse::server
