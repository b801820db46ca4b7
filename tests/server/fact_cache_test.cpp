#include "server/fact_cache.h"

#include "tests/support/fact_cache_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <utility>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using policy::failure_cause;
using policy::fetch_failure;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FactCache : public fact_cache_fixture {};

TEST_F(FactCache, ResolvesATagOnceWithinItsTime) {
    EXPECT_EQ(std::get<policy::digest>(ask(tagged).resolved), digest_of("one"));
    time.advance(59s);
    store->tags.insert_or_assign(tagged, digest_of("two"));
    EXPECT_EQ(std::get<policy::digest>(ask(tagged).resolved), digest_of("one"));
    time.advance(1s);
    EXPECT_EQ(std::get<policy::digest>(ask(tagged).resolved), digest_of("two"));
    EXPECT_THAT(store->asked, SizeIs(2));
}

TEST_F(FactCache, KeepsNoTagWhereItsTimeIsZero) {
    settings.cache.tag_ttl = 0s;
    use({});
    ask(tagged);
    time.advance(1ms);
    ask(tagged);
    EXPECT_THAT(store->asked, SizeIs(2));
}

TEST_F(FactCache, AnAbsentTagIsLatest) {
    store->tags.insert_or_assign(repository + ":latest", digest_of("one"));
    ask(repository);
    ask(repository + ":latest");
    EXPECT_THAT(store->asked, ElementsAre("tag " + repository + ":latest"));
}

TEST_F(FactCache, AsksNoRegistryForADigestThatIsWritten) {
    EXPECT_EQ(std::get<policy::digest>(ask(pinned).resolved), digest_of("one"));
    EXPECT_THAT(store->asked, IsEmpty());
}

TEST_F(FactCache, AnswersAtOnceWhatItKnows) {
    ask(tagged, {key_a()});
    const auto answer = cache.ask(want(tagged, {key_a()}), time.ticks() + 1s);
    const auto& known = std::get<policy::evidence>(answer);
    EXPECT_THAT(facts_of(known.images.at(0)).verified, SizeIs(1));
}

TEST_F(FactCache, TellsWhoSignedAndWhatIsBroken) {
    sign(std::vector{signed_by(key_a()), broken()});
    const auto got = ask(pinned, {key_a(), key_b()});
    const auto& facts = facts_of(got);
    EXPECT_EQ(facts.candidates, 2U);
    ASSERT_THAT(facts.verified, SizeIs(1));
    EXPECT_EQ(facts.verified[0].key, key_a()->id());
    EXPECT_THAT(facts.defects, ElementsAre("layer 2: its payload is not JSON"));
}

TEST_F(FactCache, TriesANewKeyOnWhatItHasWithoutTheRegistry) {
    ask(pinned, {key_b()});
    time.advance(5min);
    store->signatures.clear();
    EXPECT_THAT(facts_of(ask(pinned, {key_a()})).verified, SizeIs(1));
    EXPECT_THAT(store->asked, SizeIs(1));
}

TEST_F(FactCache, VerifiesWithAKeyOnce) {
    ask(pinned, {key_a()});
    ask(pinned, {key_a()});
    EXPECT_EQ(verified, 1);
}

TEST_F(FactCache, TellsOnlyOfKeysThatWereAskedFor) {
    ask(pinned, {key_a(), key_b()});
    EXPECT_THAT(facts_of(ask(pinned, {key_b()})).verified, IsEmpty());
}

TEST_F(FactCache, BelievesAnAbsenceForHalfAMinute) {
    sign(source_entry::candidates());
    EXPECT_THAT(facts_of(ask(pinned, {key_a()})).verified, IsEmpty());
    sign(std::vector{signed_by(key_a())});
    time.advance(29s);
    EXPECT_THAT(facts_of(ask(pinned, {key_a()})).verified, IsEmpty());
    time.advance(1s);
    EXPECT_THAT(facts_of(ask(pinned, {key_a()})).verified, SizeIs(1));
}

TEST_F(FactCache, BelievesTheAbsenceOfOneKeyNoLongerBecauseAnotherSigned) {
    ask(pinned, {key_a(), key_b()});
    sign(std::vector{signed_by(key_a()), signed_by(key_b())});
    time.advance(30s);
    EXPECT_THAT(facts_of(ask(pinned, {key_a(), key_b()})).verified, SizeIs(2));
}

TEST_F(FactCache, BelievesAPresenceForTenMinutes) {
    ask(pinned, {key_a()});
    time.advance(7min + 29s);
    ask(pinned, {key_a()});
    EXPECT_THAT(store->asked, SizeIs(1));
    time.advance(2min + 31s);
    ask(pinned, {key_a()});
    EXPECT_THAT(store->asked, SizeIs(2));
    EXPECT_EQ(verified, 1) << "the same bytes need no second look";
}

TEST_F(FactCache, AThousandReviewsAreOneConversation) {
    store->hold();
    std::vector<std::shared_ptr<std::optional<policy::evidence>>> reviews;
    for (int i = 0; i < 1000; ++i) {
        reviews.push_back(begin(want(tagged, {key_a()})));
    }
    store->let_go();
    for (const auto& one : reviews) {
        run_until([&] { return one->has_value(); });
        EXPECT_THAT(facts_of((*one)->images.at(0)).verified, SizeIs(1));
    }
    EXPECT_THAT(store->asked, ElementsAre("tag " + tagged, "signatures " + repository));
    EXPECT_EQ(verified, 1);
}

TEST_F(FactCache, LooksImagesUpAtTheSameTime) {
    const std::string other = "reg.example/team/other:1";
    store->tags.insert_or_assign(other, digest_of("two"));
    store->hold();
    auto wants = want(tagged);
    wants.push_back(want(other).front());
    const auto answer = begin(wants);
    EXPECT_THAT(store->asked, ElementsAre("tag " + tagged, "tag " + other));
    store->let_go();
    run_until([&] { return answer->has_value(); });
}

TEST_F(FactCache, ADeadlineIsAFailureAndTheLookupGoesOn) {
    store->hold();
    const auto late = begin(want(tagged, {key_a()}), 2500ms);
    time.advance(2500ms);
    cache.sweep();
    run_until([&] { return late->has_value(); });
    const auto& image = late->value().images.at(0);
    EXPECT_EQ(failure_of(image).cause, failure_cause::timeout);
    EXPECT_EQ(
        failure_of(image).detail,
        "the registry did not answer within 2.5 s; trying again soon may succeed"
    );
    EXPECT_TRUE(failure_of(image).host_is_listed);
    EXPECT_EQ(source_failure(image).cause, failure_cause::timeout);
    store->let_go();
    run_until([&] { return cache.lookups_under_way() == 0; });
    EXPECT_TRUE(std::holds_alternative<policy::digest>(ask(tagged).resolved));
    EXPECT_THAT(store->asked, SizeIs(1));
}

/// Holds a thread of the pool until the test lets it go.
class pool_gate {
  public:
    pool_gate() = default;
    pool_gate(const pool_gate&) = delete;
    pool_gate& operator=(const pool_gate&) = delete;
    ~pool_gate() { open(); }

    void pass() {
        has_come = true;
        opened_.get_future().wait();
    }
    void open() {
        if (!std::exchange(is_open_, true)) {
            opened_.set_value();
        }
    }

    std::atomic<bool> has_come = false;

  private:
    std::promise<void> opened_;
    bool is_open_ = false;
};

const std::string late_words =
    "the registry did not answer within 2.0 s; trying again soon may succeed";

TEST_F(FactCache, ADeadlineDuringVerificationIsAFailureAndTheLookupGoesOn) {
    pool_gate gate;
    before_verifying = [&] { gate.pass(); };
    const auto late = begin(want(pinned, {key_a()}), 2s);
    run_until([&] { return gate.has_come.load(); });
    EXPECT_FALSE(late->has_value());
    time.advance(2s);
    cache.sweep();
    run_until([&] { return late->has_value(); });
    EXPECT_EQ(source_failure((*late)->images.at(0)).cause, failure_cause::timeout);
    EXPECT_EQ(source_failure((*late)->images.at(0)).detail, late_words);
    before_verifying = {};
    gate.open();
    run_until([&] { return cache.lookups_under_way() == 0; });
    EXPECT_THAT(facts_of(ask(pinned, {key_a()})).verified, SizeIs(1));
    EXPECT_THAT(store->asked, SizeIs(1));
}

TEST_F(FactCache, ADeadlineWhileEveryWorkerIsBusyIsAFailure) {
    pool_gate gate;
    asio::co_spawn(
        runs,
        pool.run([&] {
            gate.pass();
            return 0;
        }),
        [](const std::exception_ptr& fault, int) { EXPECT_FALSE(fault); }
    );
    const auto late = begin(want(pinned, {key_a()}), 2s);
    run_until([&] { return gate.has_come.load(); });
    time.advance(2s);
    cache.sweep();
    run_until([&] { return late->has_value(); });
    EXPECT_EQ(verified, 0);
    EXPECT_EQ(source_failure((*late)->images.at(0)).detail, late_words);
    gate.open();
    run_until([&] { return cache.lookups_under_way() == 0; });
    EXPECT_THAT(facts_of(ask(pinned, {key_a()})).verified, SizeIs(1));
}

TEST_F(FactCache, OneThatLeavesTakesNobodyWithIt) {
    store->hold();
    const auto hasty = begin(want(tagged), 100ms);
    const auto patient = begin(want(tagged), 8s);
    time.advance(100ms);
    cache.sweep();
    run_until([&] { return hasty->has_value(); });
    EXPECT_FALSE(patient->has_value());
    store->let_go();
    run_until([&] { return patient->has_value(); });
    EXPECT_EQ(std::get<policy::digest>((*patient)->images.at(0).resolved), digest_of("one"));
}

TEST_F(FactCache, WhatNobodyWaitsForEndsAfterHalfAMinute) {
    store->hold();
    const auto late = begin(want(tagged), 100ms);
    time.advance(100ms);
    cache.sweep();
    run_until([&] { return late->has_value(); });
    time.advance(29s);
    cache.sweep();
    runs.restart();
    runs.poll();
    EXPECT_EQ(cache.lookups_under_way(), 1U);
    time.advance(1s);
    cache.sweep();
    run_until([&] { return cache.lookups_under_way() == 0; });
    EXPECT_THAT(faults, IsEmpty());
}

TEST_F(FactCache, ABugIsAFailureAndTold) {
    store->throws = true;
    const auto got = ask(tagged);
    EXPECT_EQ(failure_of(got).cause, failure_cause::malformed);
    EXPECT_EQ(
        failure_of(got).detail,
        "an internal error ended the lookup; see the log of the admission webhook"
    );
    EXPECT_THAT(faults, ElementsAre("a bug"));
}

TEST_F(FactCache, AChangedRegistryForgetsFailuresAndAbsencesOnly) {
    ask(tagged, {key_a(), key_b()});
    time.advance(1s);
    use({.changed = {"reg.example"}, .removed = {}, .all_changed = false});
    store->asked.clear();
    ask(tagged, {key_a()});
    EXPECT_THAT(store->asked, IsEmpty());
    ask(tagged, {key_a(), key_b()});
    EXPECT_THAT(store->asked, SizeIs(1));

    store->tags.insert_or_assign(repository + ":2", failure(failure_cause::unauthorized));
    ask(repository + ":2");
    use({.changed = {"reg.example"}, .removed = {}, .all_changed = false});
    store->tags.insert_or_assign(repository + ":2", digest_of("two"));
    EXPECT_TRUE(std::holds_alternative<policy::digest>(ask(repository + ":2").resolved));
}

TEST_F(FactCache, ARemovedRegistryForgetsEverything) {
    ask(tagged, {key_a()});
    use({.changed = {}, .removed = {"reg.example"}, .all_changed = false});
    EXPECT_EQ(cache.figures().bytes, 0U);
    ask(tagged, {key_a()});
    EXPECT_THAT(store->asked, SizeIs(4));
}

TEST_F(FactCache, ALookUpOfARegistryThatWasRemovedIsNotKept) {
    const auto old = store;
    old->hold();
    const auto waiting = begin(want(tagged));
    store = std::make_shared<fake_evidence_store>(runs);
    store->tags.insert_or_assign(tagged, digest_of("two"));
    use({.changed = {}, .removed = {"reg.example"}, .all_changed = false});
    old->let_go();
    run_until([&] { return waiting->has_value(); });
    EXPECT_EQ(std::get<policy::digest>(waiting->value().images.at(0).resolved), digest_of("two"));
    EXPECT_EQ(std::get<policy::digest>(ask(tagged).resolved), digest_of("two"));
    EXPECT_THAT(old->asked, SizeIs(1));
}

TEST_F(FactCache, ALookUpOfARegistryThatWasChangedIsNotKept) {
    ask(tagged);
    time.advance(settings.cache.tag_ttl);
    const auto old = store;
    old->tags.insert_or_assign(tagged, failure(failure_cause::unauthorized));
    old->hold();
    const auto waiting = begin(want(tagged));
    store = std::make_shared<fake_evidence_store>(runs);
    store->tags.insert_or_assign(tagged, digest_of("two"));
    use({.changed = {"reg.example"}, .removed = {}, .all_changed = false});
    old->let_go();
    run_until([&] { return waiting->has_value(); });
    ASSERT_TRUE(std::holds_alternative<policy::digest>(waiting->value().images.at(0).resolved));
    EXPECT_EQ(std::get<policy::digest>(waiting->value().images.at(0).resolved), digest_of("two"));
    EXPECT_THAT(old->asked, SizeIs(2));
    EXPECT_THAT(store->asked, SizeIs(1));
}

TEST_F(FactCache, ALookUpIsKeptWhereAnotherRegistryChanged) {
    const auto old = store;
    old->hold();
    const auto waiting = begin(want(tagged));
    store = std::make_shared<fake_evidence_store>(runs);
    use({.changed = {"other.example"}, .removed = {"third.example"}, .all_changed = false});
    old->let_go();
    run_until([&] { return waiting->has_value(); });
    EXPECT_EQ(std::get<policy::digest>(ask(tagged).resolved), digest_of("one"));
    EXPECT_THAT(store->asked, IsEmpty());
}

TEST_F(FactCache, OtherRegistriesLoseNothing) {
    ask(tagged, {key_a()});
    use({.changed = {"other.example"}, .removed = {"third.example"}, .all_changed = false});
    ask(tagged, {key_a()});
    EXPECT_THAT(store->asked, SizeIs(2));
}

TEST_F(FactCache, StaysWithinItsBytesAndLetsTheOldestGo) {
    ask(tagged);
    const std::size_t one = cache.figures().bytes;
    settings.cache.max_bytes = one * 10;
    use({});
    for (int i = 0; i < 100; ++i) {
        const std::string name = repository + ":" + std::to_string(100 + i);
        store->tags.insert_or_assign(name, digest_of(name));
        ask(name);
        ask(tagged); // used again and again, so it stays
        EXPECT_LE(cache.figures().bytes, settings.cache.max_bytes);
    }
    EXPECT_GT(cache.figures().bytes, one * 8);
    EXPECT_EQ(std::ranges::count(store->asked, "tag " + tagged), 1);
}

TEST_F(FactCache, AnswersThoughNothingMayBeKept) {
    settings.cache.max_bytes = 0;
    use({});
    EXPECT_THAT(facts_of(ask(tagged, {key_a()})).verified, SizeIs(1));
    EXPECT_EQ(cache.figures().bytes, 0U);
    EXPECT_THAT(store->asked, SizeIs(2));
}

TEST_F(FactCache, WeighsWhatItKeeps) {
    sign(source_entry::candidates());
    ask(pinned, {key_a()});
    const std::size_t empty = cache.figures().bytes;
    auto large = signed_by(key_b());
    large.content.resize(100'000, ' ');
    sign(std::vector{large});
    time.advance(30s);
    ask(pinned, {key_a()});
    EXPECT_GE(cache.figures().bytes, empty + 100'000);
    EXPECT_LE(cache.figures().bytes, empty + 100'000 + 1000);
}

TEST_F(FactCache, CountsHitsAndMissesByKind) {
    ask(tagged, {key_a()});
    ask(tagged, {key_a()});
    ask(pinned, {key_a()});
    const auto& [tags, signatures, platforms, accounts] = cache.figures().by_kind;
    EXPECT_EQ(tags.misses, 1U);
    EXPECT_EQ(tags.hits, 1U);
    EXPECT_EQ(signatures.misses, 1U);
    EXPECT_EQ(signatures.hits, 2U);
}

TEST_F(FactCache, OneReviewSeesOneDigestOfATag) {
    settings.cache.tag_ttl = 0s;
    use({});
    ask(tagged);
    time.advance(1ms);
    store->hold();
    auto wants = want(tagged, {key_a()});
    const auto slow = begin(wants);
    store->let_go();
    run_until([&] { return slow->has_value(); });
    EXPECT_EQ(std::get<policy::digest>((*slow)->images.at(0).resolved), digest_of("one"));
    EXPECT_THAT(facts_of((*slow)->images.at(0)).verified, SizeIs(1));
}

TEST_F(FactCache, AskedAfterItsStopItFailsAtOnce) {
    cache.stop();
    const auto got = ask(tagged);
    EXPECT_EQ(failure_of(got).cause, failure_cause::timeout);
    EXPECT_THAT(store->asked, IsEmpty());
}

} // namespace
} // namespace gatehouse::server
