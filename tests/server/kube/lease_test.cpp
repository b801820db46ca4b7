#include "server/kube/lease.h"

#include "tests/support/case_name.h"
#include "tests/support/fake_clock.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing_support::fake_clock;

json lease_of(
    const std::string& holder,
    const std::string& renewed = "2020-01-01T00:00:00.000000Z"
) {
    return {
        {"metadata", {{"name", "leader"}, {"labels", {{"kept", "yes"}}}}},
        {"spec",
         {{"holderIdentity", holder},
          {"leaseDurationSeconds", 15},
          {"acquireTime", "2020-01-01T00:00:00.000000Z"},
          {"renewTime", renewed},
          {"leaseTransitions", 4}}}};
}

TEST(LeaseCandidate, TakesWhatNobodyHolds) {
    const fake_clock time;
    lease_candidate me("me");
    me.observe(json::object(), time.ticks());
    EXPECT_TRUE(me.may_claim(time.ticks()));
    me.observe(lease_of(""), time.ticks());
    EXPECT_TRUE(me.may_claim(time.ticks()));
    EXPECT_EQ(me.holder(), "");
}

TEST(LeaseCandidate, WaitsForAnothersClaimFromWhenItWasSeen) {
    fake_clock time;
    lease_candidate me("me");
    // Renewed years ago by its own words: clocks differ, so that says nothing.
    me.observe(lease_of("other"), time.ticks());
    EXPECT_FALSE(me.may_claim(time.ticks()));
    time.advance(14999ms);
    me.observe(lease_of("other"), time.ticks());
    EXPECT_FALSE(me.may_claim(time.ticks()));
    time.advance(1ms);
    me.observe(lease_of("other"), time.ticks());
    EXPECT_TRUE(me.may_claim(time.ticks()));
}

TEST(LeaseCandidate, ARenewalBeginsTheWaitAnew) {
    fake_clock time;
    lease_candidate me("me");
    me.observe(lease_of("other"), time.ticks());
    time.advance(14s);
    me.observe(lease_of("other", "2020-01-01T00:00:14.000000Z"), time.ticks());
    time.advance(14s);
    EXPECT_FALSE(me.may_claim(time.ticks()));
    time.advance(1s);
    EXPECT_TRUE(me.may_claim(time.ticks()));
}

TEST(LeaseCandidate, ClaimsWithItsNameAndAnotherTransition) {
    const fake_clock time;
    lease_candidate me("me");
    const json claimed = me.claim(lease_of("other"), time.now());
    const json expected = {
        {"apiVersion", "coordination.k8s.io/v1"},
        {"kind", "Lease"},
        {"metadata", {{"name", "leader"}, {"labels", {{"kept", "yes"}}}}},
        {"spec",
         {{"holderIdentity", "me"},
          {"leaseDurationSeconds", 15},
          {"acquireTime", "2026-08-01T12:00:00.000000Z"},
          {"renewTime", "2026-08-01T12:00:00.000000Z"},
          {"leaseTransitions", 5}}}};
    EXPECT_EQ(claimed, expected);
}

TEST(LeaseCandidate, RenewsWithoutATransition) {
    fake_clock time;
    lease_candidate me("me");
    json claimed = me.claim(lease_of("other"), time.now());
    me.observe(claimed, time.ticks());
    time.advance(2500ms);
    EXPECT_TRUE(me.may_claim(time.ticks()));
    const json renewed = me.claim(claimed, time.now());
    claimed["spec"]["renewTime"] = "2026-08-01T12:00:02.500000Z";
    EXPECT_EQ(renewed, claimed);
}

TEST(LeaseCandidate, ReleasesForTheNext) {
    fake_clock time;
    lease_candidate me("me");
    const json freed = me.release(me.claim(lease_of("other"), time.now()), time.now());
    EXPECT_EQ(freed.at("spec").at("holderIdentity"), "");
    EXPECT_EQ(freed.at("spec").at("leaseDurationSeconds"), 1);
    EXPECT_EQ(freed.at("spec").at("leaseTransitions"), 5);
    lease_candidate next("next");
    next.observe(freed, time.ticks());
    EXPECT_TRUE(next.may_claim(time.ticks()));
}

struct odd_lease {
    std::string name;
    json lease;
    lease_record expected;
};

class OddLease : public testing::TestWithParam<odd_lease> {};

TEST_P(OddLease, IsReadAsFarAsItMakesSense) {
    EXPECT_EQ(record_of(GetParam().lease), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    OddLease,
    testing::Values(
        odd_lease{"Nothing", json(), {}},
        odd_lease{"NoSpec", json::object(), {}},
        odd_lease{"SpecOfAnotherKind", {{"spec", {1, 2}}}, {}},
        odd_lease{"NullHolder", {{"spec", {{"holderIdentity", nullptr}}}}, {}},
        odd_lease{"NegativeDuration", {{"spec", {{"leaseDurationSeconds", -5}}}}, {}},
        odd_lease{
            "EndlessDuration",
            {{"spec", {{"holderIdentity", "x"}, {"leaseDurationSeconds", UINT64_MAX}}}},
            lease_record{"x", 3600s, "", "", 0}},
        odd_lease{
            "LongHolder",
            {{"spec", {{"holderIdentity", std::string(1000, 'x')}}}},
            lease_record{std::string(256, 'x'), 0s, "", "", 0}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::server
