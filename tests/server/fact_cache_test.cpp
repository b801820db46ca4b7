#include "server/fact_cache.h"

#include "tests/support/fake_clock.h"
#include "tests/support/fake_evidence_store.h"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using policy::failure_cause;
using policy::fetch_failure;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing_support::fake_clock;
using testing_support::fake_evidence_store;

const std::string repository = "reg.example/team/app";

std::shared_ptr<const policy::public_key> key_in(const std::string& name) {
    std::ifstream file(std::string(GATEHOUSE_SOURCE) + "/tests/fuzz/seeds/public_key/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return policy::public_key::parse(text.str(), std::nullopt).value();
}

const auto& key_a() {
    static const auto made = key_in("p256.pem");
    return made;
}
const auto& key_b() {
    static const auto made = key_in("p384.pem");
    return made;
}

policy::digest digest_of(std::string_view text) { return policy::digest::of(text); }

policy::reference reference_of(const std::string& text) {
    return policy::reference::parse(text).value();
}

/// Content is "by <key id>" for a signature of that key.
policy::signature_candidate signed_by(const std::shared_ptr<const policy::public_key>& key) {
    policy::signature_candidate one;
    one.content = "by " + key->id();
    one.where = "layer 1";
    return one;
}

policy::signature_candidate broken() {
    policy::signature_candidate one;
    one.content = "broken";
    one.where = "layer 2";
    return one;
}

fetch_failure failure(failure_cause cause) { return {cause, "reg.example is in trouble", true}; }

class FactCache : public testing::Test {
  protected:
    using keys = std::vector<std::shared_ptr<const policy::public_key>>;

    FactCache() {
        settings.registries.emplace_back().host = "reg.example";
        use({});
        store->tags.insert_or_assign(tagged, digest_of("one"));
        sign(std::vector{signed_by(key_a())});
    }
    ~FactCache() override {
        store->let_go();
        cache.stop();
        run_until([&] { return cache.lookups_under_way() == 0; });
    }

    void use(const registry_changes& changes) { cache.use(store, settings, changes); }
    void sign(fake_evidence_store::candidates_answer with) {
        store->signatures.insert_or_assign(
            repository + "@" + digest_of("one").text(), std::move(with)
        );
    }

    static std::vector<policy::image_want> want(const std::string& image, const keys& by = {}) {
        policy::image_want one{reference_of(image), {}};
        if (!by.empty()) {
            one.sources.push_back({repository, by});
        }
        return {one};
    }

    /// A review that asks; its answer comes when the loop runs.
    std::shared_ptr<std::optional<policy::evidence>> begin(
        std::vector<policy::image_want> wants,
        std::chrono::milliseconds budget = 8s
    ) {
        auto answer = std::make_shared<std::optional<policy::evidence>>();
        asio::co_spawn(
            runs,
            cache.fetch(std::move(wants), time.ticks() + budget),
            [answer](const std::exception_ptr& fault, policy::evidence got) {
                EXPECT_FALSE(fault);
                *answer = std::move(got);
            }
        );
        runs.restart();
        runs.poll();
        return answer;
    }

    void run_until(const std::function<bool()>& reached) {
        const auto end = steady::now() + 5s;
        while (!reached()) {
            ASSERT_LT(steady::now(), end) << "never reached";
            runs.restart();
            runs.run_one_for(5ms);
        }
    }

    policy::image_evidence ask(
        const std::string& image,
        const keys& by = {},
        std::chrono::milliseconds budget = 8s
    ) {
        const auto answer = begin(want(image, by), budget);
        run_until([&] { return answer->has_value(); });
        return answer->value().images.at(0);
    }

    static fetch_failure failure_of(const policy::image_evidence& of) {
        return std::get<fetch_failure>(of.resolved);
    }
    static const policy::signature_facts& facts_of(const policy::image_evidence& of) {
        return std::get<policy::signature_facts>(of.sources.at(0).second);
    }
    static const fetch_failure& source_failure(const policy::image_evidence& of) {
        return std::get<fetch_failure>(of.sources.at(0).second);
    }

    const std::string tagged = repository + ":1.0";
    const std::string pinned = repository + "@" + digest_of("one").text();

    loop runs{1};
    cpu_pool pool{runs, 1};
    fake_clock time;
    std::vector<std::string> faults;
    std::atomic<int> verified = 0;
    policy::server_configuration settings;
    std::shared_ptr<fake_evidence_store> store = std::make_shared<fake_evidence_store>(runs);
    fact_cache cache{
        {runs,
         pool,
         time,
         [this](const auto& candidate, const auto& key, const auto& image) {
             ++verified;
             policy::signature_outcome out;
             if (candidate.content == "broken") {
                 out.reason = "its payload is not JSON";
                 return out;
             }
             const bool is_match = candidate.content == "by " + key.id();
             out.answer =
                 is_match ? policy::signature_answer::match : policy::signature_answer::no_match;
             if (is_match) {
                 out.fact.emplace(policy::verified_signature{
                     image, key.id(), {}, {}, {}, {}, {}, {}});
             }
             return out;
         },
         [this](std::string_view what) { faults.emplace_back(what); }}};
};

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
    EXPECT_EQ(facts.repository, repository);
    EXPECT_EQ(facts.candidates, 2U);
    ASSERT_THAT(facts.verified, SizeIs(1));
    EXPECT_EQ(facts.verified[0].key, key_a()->id());
    EXPECT_THAT(facts.defects, ElementsAre("layer 2 could not be used: its payload is not JSON"));
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
    time.advance(10min - 1s);
    ask(pinned, {key_a()});
    EXPECT_THAT(store->asked, SizeIs(1));
    time.advance(1s);
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
        "the registry did not answer within 2.5 s; the lookup goes on, so trying again soon may "
        "succeed"
    );
    EXPECT_TRUE(failure_of(image).host_is_listed);
    EXPECT_EQ(source_failure(image).cause, failure_cause::timeout);
    store->let_go();
    run_until([&] { return cache.lookups_under_way() == 0; });
    EXPECT_TRUE(std::holds_alternative<policy::digest>(ask(tagged).resolved));
    EXPECT_THAT(store->asked, SizeIs(1));
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

TEST_F(FactCache, RemembersEachCauseForItsOwnTime) {
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

TEST_F(FactCache, DoesNotRememberThatItsOwnQueueWasFull) {
    store->tags.insert_or_assign(tagged, failure(failure_cause::too_many_lookups));
    ask(tagged);
    time.advance(1ms);
    store->tags.insert_or_assign(tagged, digest_of("one"));
    EXPECT_TRUE(std::holds_alternative<policy::digest>(ask(tagged).resolved));
}

// signature-formats 10.14: registry down with a cached positive result before its time ...
TEST_F(FactCache, AnOutageDoesNotTouchWhatIsFresh) {
    ask(tagged, {key_a()});
    store->tags.insert_or_assign(tagged, failure(failure_cause::connect));
    sign(failure(failure_cause::connect));
    time.advance(59s);
    const auto got = ask(tagged, {key_a()});
    EXPECT_THAT(facts_of(got).verified, SizeIs(1));
    EXPECT_FALSE(got.stale);
}

// ... and past it.
TEST_F(FactCache, AnOutageMakesExpiredFactsServeWithTheirAge) {
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

TEST_F(FactCache, ATagServesNoLongerThanItsLimit) {
    ask(tagged);
    store->tags.insert_or_assign(tagged, failure(failure_cause::dns));
    time.advance(1h + 1s);
    EXPECT_EQ(failure_of(ask(tagged)).cause, failure_cause::dns);
}

TEST_F(FactCache, SignaturesServeNoLongerThanTheirLimit) {
    ask(pinned, {key_a()});
    sign(failure(failure_cause::dns));
    time.advance(24h);
    EXPECT_EQ(ask(pinned, {key_a()}).stale, 24h);
    time.advance(10s);
    EXPECT_EQ(source_failure(ask(pinned, {key_a()})).cause, failure_cause::dns);
}

TEST_F(FactCache, OnlyAnOutageMakesExpiredFactsServe) {
    ask(tagged);
    store->tags.insert_or_assign(tagged, failure(failure_cause::unauthorized));
    time.advance(60s);
    EXPECT_EQ(failure_of(ask(tagged)).cause, failure_cause::unauthorized);
}

TEST_F(FactCache, ATagThatIsGoneDoesNotComeBackWithAnOutage) {
    ask(tagged);
    time.advance(60s);
    store->tags.insert_or_assign(tagged, failure(failure_cause::not_found));
    ask(tagged);
    time.advance(10s);
    store->tags.insert_or_assign(tagged, failure(failure_cause::connect));
    EXPECT_EQ(failure_of(ask(tagged)).cause, failure_cause::connect);
}

TEST_F(FactCache, AnOutageDoesNotProlongAnAbsence) {
    sign(source_entry::candidates());
    ask(pinned, {key_a()});
    sign(failure(failure_cause::connect));
    time.advance(30s);
    EXPECT_EQ(source_failure(ask(pinned, {key_a()})).cause, failure_cause::connect);
}

TEST_F(FactCache, ANewKeyIsTriedThroughAnOutage) {
    ask(pinned, {key_b()});
    sign(failure(failure_cause::connect));
    time.advance(20min);
    const auto got = ask(pinned, {key_a()});
    EXPECT_THAT(facts_of(got).verified, SizeIs(1));
    EXPECT_EQ(got.stale, 20min);
}

TEST_F(FactCache, WaitsBrieflyWhereAnExpiredFactCouldServe) {
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

TEST_F(FactCache, LooksAtARegistryThatIsOutEveryFewSeconds) {
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
    const auto& [tags, signatures] = cache.figures().by_kind;
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
