// Facts that are asked for are looked up anew before their time is over, so that nobody waits for them.
#include "server/fact_cache.h"
#include "tests/support/fact_cache_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FactCacheRenewal : public fact_cache_fixture {
  protected:
    /// Of a review that does not wait; fails the test where it would have to.
    policy::image_evidence at_once(const std::string& image, const keys& by = {}) {
        auto got = cache.ask(want(image, by), time.ticks() + 8s);
        auto* known = std::get_if<policy::evidence>(&got);
        EXPECT_NE(known, nullptr) << "has to wait";
        return known == nullptr ? policy::image_evidence() : known->images.at(0);
    }
    void land() {
        run_until([&] { return cache.lookups_under_way() == 0; });
    }
};

TEST_F(FactCacheRenewal, LooksATagUpAnewInTheLastQuarterOfItsTime) {
    ask(tagged);
    store->asked.clear();
    store->tags.insert_or_assign(tagged, digest_of("two"));
    time.advance(44s);
    EXPECT_FALSE(at_once(tagged).stale);
    EXPECT_THAT(cache.lookups_under_way(), 0U);
    time.advance(1s);
    EXPECT_EQ(std::get<policy::digest>(at_once(tagged).resolved), digest_of("one"));
    EXPECT_EQ(std::get<policy::digest>(at_once(tagged).resolved), digest_of("one"));
    land();
    EXPECT_THAT(store->asked, ElementsAre("tag " + tagged));
    EXPECT_EQ(std::get<policy::digest>(at_once(tagged).resolved), digest_of("two"));
    time.advance(44s);
    EXPECT_EQ(std::get<policy::digest>(at_once(tagged).resolved), digest_of("two"));
}

TEST_F(FactCacheRenewal, LooksSignaturesUpAnewAfterSevenAndAHalfMinutes) {
    ask(pinned, {key_a()});
    store->asked.clear();
    time.advance(7min + 30s);
    at_once(pinned, {key_a()});
    land();
    EXPECT_THAT(store->asked, SizeIs(1));
    time.advance(7min);
    EXPECT_THAT(facts_of(at_once(pinned, {key_a()})).verified, SizeIs(1));
    EXPECT_EQ(verified, 1);
}

TEST_F(FactCacheRenewal, LeavesAnAbsenceToItsTime) {
    sign(source_entry::candidates());
    ask(pinned, {key_a()});
    time.advance(29s);
    EXPECT_THAT(facts_of(at_once(pinned, {key_a()})).verified, IsEmpty());
    EXPECT_EQ(cache.lookups_under_way(), 0U);
}

TEST_F(FactCacheRenewal, NobodyWaitsForARegistryThatWentSilent) {
    ask(tagged, {key_a()});
    store->hold();
    time.advance(50s);
    EXPECT_FALSE(at_once(tagged, {key_a()}).stale);
    time.advance(10s);
    EXPECT_EQ(at_once(tagged, {key_a()}).stale, 60s);
    time.advance(5min);
    EXPECT_EQ(at_once(tagged, {key_a()}).stale, 6min);
}

TEST_F(FactCacheRenewal, AFailureChangesNothingWithinTheTime) {
    ask(tagged);
    store->asked.clear();
    store->tags.insert_or_assign(tagged, failure(failure_cause::connect));
    time.advance(50s);
    at_once(tagged);
    land();
    EXPECT_FALSE(at_once(tagged).stale);
    time.advance(4s);
    EXPECT_FALSE(at_once(tagged).stale);
    EXPECT_THAT(store->asked, SizeIs(1)) << "the registry is out, and is left alone";
    time.advance(6s);
    EXPECT_EQ(at_once(tagged).stale, 60s);
}

TEST_F(FactCacheRenewal, ATagThatIsGoneIsGoneAtOnce) {
    ask(tagged);
    store->tags.insert_or_assign(tagged, failure(failure_cause::not_found));
    time.advance(50s);
    at_once(tagged);
    land();
    EXPECT_EQ(failure_of(at_once(tagged)).cause, failure_cause::not_found);
}

TEST_F(FactCacheRenewal, ASlowLookUpIsWaitedForFromItsOwnBeginning) {
    ask(tagged);
    time.advance(60s);
    store->hold();
    const auto first = begin(want(tagged));
    time.advance(1500ms);
    const auto second = begin(want(tagged));
    time.advance(500ms);
    cache.sweep();
    run_until([&] { return first->has_value() && second->has_value(); });
    EXPECT_EQ((*second)->images.at(0).stale, 62s);
}

} // namespace
} // namespace gatehouse::server
