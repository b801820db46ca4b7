#include "server/certificates/rotation.h"

#include "server/certificates/certificate_parts.h"
#include "server/certificates/issue.h"
#include "server/certificates/pem.h"
#include "server/time_text.h"
#include "tests/support/case_name.h"
#include "tests/support/fake_clock.h"

#include <gtest/gtest.h>

#include <functional>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing_support::fake_clock;

using asn1_time_ptr = std::unique_ptr<ASN1_TIME, openssl_free<ASN1_TIME_free>>;
using published = std::optional<std::chrono::nanoseconds>;

rotation_settings settings() {
    return {
        .names = {"gatehouse.system.svc"},
        .authority_lives = 3000h,
        .leaf_lives = 300h,
        .settle = 60s};
}

/// A Secret somewhere on its way, made by the steps themselves.
struct secret_at {
    wall_time made = fake_clock().now();
    wall_time now = made;
    secret_contents contents;

    secret_at() { take(rotation_action::fill); }
    secret_at& take(rotation_action action) {
        contents = after_step(action, contents, settings(), now).value();
        return *this;
    }
    secret_at& pass(std::chrono::nanoseconds by) {
        now += std::chrono::duration_cast<wall_time::duration>(by);
        return *this;
    }
    [[nodiscard]] rotation_step next(published since = std::nullopt) const {
        return next_step(contents, examine(contents).value(), settings(), now, since);
    }
    [[nodiscard]] examined_contents found() const { return examine(contents).value(); }
};

secret_at filled() { return {}; }
secret_at publishing() { return std::move(filled().take(rotation_action::publish)); }
secret_at switching() {
    return std::move(publishing().pass(60s).take(rotation_action::switch_leaf));
}

secret_at asked(secret_at of, const char* what) {
    of.contents.rotate = what;
    return of;
}

struct rotation_case {
    std::string name;
    std::function<secret_at()> where;
    published since = std::nullopt;
    rotation_action expected;
};

class Rotation : public testing::TestWithParam<rotation_case> {};

TEST_P(Rotation, TakesTheStepThatIsDue) {
    const secret_at where = GetParam().where();
    EXPECT_EQ(name_of(where.next(GetParam().since).action), name_of(GetParam().expected));
}

using act = rotation_action;

INSTANTIATE_TEST_SUITE_P(
    AtRest,
    Rotation,
    testing::Values(
        rotation_case{"JustFilled", filled, 1h, act::wait},
        rotation_case{
            "LeafBeforeTwoThirds",
            [] { return std::move(filled().pass(199h)); },
            1h,
            act::wait},
        rotation_case{
            "LeafAtTwoThirds",
            [] { return std::move(filled().pass(200h)); },
            1h,
            act::renew_leaf},
        rotation_case{
            "LeafEnded",
            [] { return std::move(filled().pass(301h)); },
            1h,
            act::renew_leaf},
        rotation_case{
            "AuthorityAtTwoThirds",
            [] { return std::move(filled().pass(1999h).take(act::renew_leaf).pass(1h)); },
            1h,
            act::publish},
        rotation_case{
            "AuthorityAtTwoThirdsAndLeafEnded",
            [] { return std::move(filled().pass(2001h)); },
            1h,
            act::renew_leaf},
        rotation_case{
            "AuthorityEnded",
            [] { return std::move(filled().pass(3001h)); },
            1h,
            act::fill},
        rotation_case{
            "AskedForTheCa",
            [] { return asked(filled(), "ca"); },
            std::nullopt,
            act::publish},
        rotation_case{
            "AskedForTheCertificate",
            [] { return asked(filled(), "certificate"); },
            std::nullopt,
            act::renew_leaf},
        rotation_case{
            "AskedForNonsense",
            [] { return asked(filled(), "everything"); },
            1h,
            act::note},
        rotation_case{
            "WithoutAnnotations",
            [] {
                secret_at of = filled();
                of.contents.phase.clear();
                of.contents.since.clear();
                return of;
            },
            1h,
            act::note},
        rotation_case{
            "AnnotationOfAnotherPhase",
            [] {
                secret_at of = filled();
                of.contents.phase = "switched";
                return of;
            },
            1h,
            act::note},
        rotation_case{
            "GarbledTime",
            [] {
                secret_at of = filled();
                of.contents.since = "yesterday";
                return of;
            },
            1h,
            act::note},
        rotation_case{
            "TimeOfTheFuture",
            [] {
                secret_at of = filled();
                of.contents.since = utc_text(of.now + 1h);
                return of;
            },
            1h,
            act::note},
        rotation_case{
            "ClockSetBackBeforeTheLeaf",
            [] { return std::move(filled().pass(-2h)); },
            1h,
            act::wait},
        rotation_case{
            "AllFromTheFutureAndAskedForTheCertificate",
            [] { return asked(filled().pass(-2h), "certificate"); },
            1h,
            act::fill},
        rotation_case{
            "AllFromTheFutureAndAskedForTheCa",
            [] { return asked(filled().pass(-2h), "ca"); },
            1h,
            act::fill},
        rotation_case{
            "LeafFromTheFutureAndAskedForTheCa",
            [] { return asked(filled().pass(50h).take(act::renew_leaf).pass(-2h), "ca"); },
            1h,
            act::renew_leaf}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Published,
    Rotation,
    testing::Values(
        rotation_case{
            "NotYetSettled",
            [] { return std::move(publishing().pass(59s)); },
            1h,
            act::wait},
        rotation_case{
            "SettledAndSeen",
            [] { return std::move(publishing().pass(60s)); },
            60s,
            act::switch_leaf},
        rotation_case{
            "SettledButNeverSeen",
            [] { return std::move(publishing().pass(99h)); },
            std::nullopt,
            act::wait},
        rotation_case{
            "SeenJustNow",
            [] { return std::move(publishing().pass(99h)); },
            59s,
            act::wait},
        rotation_case{
            "LeafFromTheFuture",
            [] {
                secret_at of = std::move(filled().pass(50h).take(act::renew_leaf).pass(-2h));
                return std::move(of.take(act::publish));
            },
            1h,
            act::wait},
        rotation_case{
            "LeafFromTheFutureAndAsked",
            [] {
                secret_at of = std::move(filled().pass(50h).take(act::renew_leaf).pass(-2h));
                of.take(act::publish).contents.rotate = "certificate";
                return of;
            },
            1h,
            act::switch_leaf},
        rotation_case{
            "LeafEndedUnseen",
            [] { return std::move(publishing().pass(301h)); },
            std::nullopt,
            act::switch_leaf},
        rotation_case{
            "AskedForAgain",
            [] { return asked(publishing().pass(1s), "ca"); },
            1h,
            act::wait},
        rotation_case{
            "AnnotationsLost",
            [] {
                secret_at of = std::move(publishing().pass(99h));
                of.contents.phase.clear();
                return of;
            },
            1h,
            act::note},
        rotation_case{
            "ClockSetBack",
            [] {
                secret_at of = publishing();
                of.contents.since = utc_text(of.now + 6min);
                return of;
            },
            1h,
            act::note},
        rotation_case{
            "ClocksOfReplicasApart",
            [] {
                secret_at of = publishing();
                of.contents.since = utc_text(of.now + 4min);
                return of;
            },
            1h,
            act::wait}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Switched,
    Rotation,
    testing::Values(
        rotation_case{
            "NotYetSettled",
            [] { return std::move(switching().pass(59s)); },
            1h,
            act::wait},
        rotation_case{
            "Settled",
            [] { return std::move(switching().pass(60s)); },
            std::nullopt,
            act::drop_old},
        rotation_case{
            "LeafDueAsWell",
            [] { return std::move(switching().pass(250h)); },
            1h,
            act::drop_old},
        rotation_case{
            "AnnotationsLost",
            [] {
                secret_at of = std::move(switching().pass(99h));
                of.contents.since.clear();
                return of;
            },
            1h,
            act::note}
    ),
    testing_support::case_name()
);

TEST(RotationSteps, AWaitTellsWhenToLookAgain) {
    EXPECT_EQ(filled().next(1h).look_again, filled().now + 1h);
    const secret_at late = std::move(filled().pass(199h + 50min));
    EXPECT_LE(late.next(1h).look_again, late.now + 10min);
    const secret_at waiting = std::move(publishing().pass(20s));
    EXPECT_EQ(waiting.next(10s).look_again, waiting.now + 50s);
    EXPECT_EQ(switching().next(1h).look_again, switching().now + 60s);
}

TEST(RotationSteps, EveryStepLeavesWhatTheNextBeginsWith) {
    secret_at of;
    const secret_contents first = of.contents;
    EXPECT_EQ(of.contents.phase, "steady");
    EXPECT_EQ(of.contents.since, "2026-08-01T12:00:00Z");
    of.contents.rotate = "ca";
    of.pass(1h).take(act::publish);
    EXPECT_EQ(of.contents.phase, "published");
    EXPECT_EQ(of.contents.since, "2026-08-01T13:00:00Z");
    EXPECT_EQ(of.contents.rotate, "");
    EXPECT_EQ(of.contents.leaf, first.leaf);
    EXPECT_TRUE(of.contents.bundle.starts_with(first.bundle));
    EXPECT_EQ(of.found().authorities.size(), 2U);
    EXPECT_EQ(of.found().issuer, 0U);
    const std::string both = of.contents.bundle;
    of.pass(60s).take(act::switch_leaf);
    EXPECT_EQ(of.contents.phase, "switched");
    EXPECT_EQ(of.contents.bundle, both);
    EXPECT_NE(of.contents.leaf, first.leaf);
    EXPECT_EQ(of.found().issuer, 1U);
    const std::string leaf = of.contents.leaf;
    of.pass(60s).take(act::drop_old);
    EXPECT_EQ(of.contents.phase, "steady");
    EXPECT_EQ(of.contents.leaf, leaf);
    EXPECT_EQ(first.bundle + of.contents.bundle, both);
    EXPECT_EQ(of.next(1h).action, act::wait);
}

TEST(RotationSteps, ARequestForTheCertificateDuringOneOfTheCaIsKept) {
    secret_at of = publishing();
    of.contents.rotate = "certificate";
    of.pass(60s).take(act::switch_leaf).pass(60s).take(act::drop_old);
    EXPECT_EQ(of.contents.rotate, "certificate");
    EXPECT_EQ(of.next(1h).action, act::renew_leaf);
    of.take(act::renew_leaf);
    EXPECT_EQ(of.contents.rotate, "");
}

TEST(RotationSteps, OtherNamesMakeAnotherLeaf) {
    const secret_at of;
    rotation_settings renamed = settings();
    renamed.names.push_back("gatehouse.other.svc");
    EXPECT_EQ(next_step(of.contents, of.found(), renamed, of.now, 1h).action, act::renew_leaf);
    const auto next = after_step(act::renew_leaf, of.contents, renamed, of.now);
    ASSERT_TRUE(next);
    EXPECT_EQ(
        next_step(next.value(), examine(next.value()).value(), renamed, of.now, 1h).action,
        act::wait
    );
}

/// From whatever moment on somebody else leads, with nothing but the Secret: it ends at rest, in the usual
/// number of steps, and no step is taken twice.
TEST(RotationSteps, GoesOnWhereverItWasInterrupted) {
    secret_at of;
    of.contents.rotate = "ca";
    std::vector<act> taken;
    for (int round = 0; round < 50; ++round) {
        const rotation_step step = of.next(2min);
        if (step.action == act::wait) {
            of.now = std::min(step.look_again, of.now + 1min);
            continue;
        }
        taken.push_back(step.action);
        of.take(step.action);
        // Whoever comes next finds only what was written, or all of it but the annotations.
        if (taken.size() == 1) {
            of.contents.since.clear();
        }
    }
    EXPECT_EQ(taken, (std::vector{act::publish, act::note, act::switch_leaf, act::drop_old}));
}

/// Written by a clock that was two years ahead, and asked to renew what it wrote.
TEST(RotationSteps, WhatAClockThatWasAheadWroteIsReplacedWhenAsked) {
    secret_at of;
    of.pass(-17520h).contents.rotate = "ca";
    ASSERT_EQ(of.next(1h).action, act::fill);
    of.take(act::fill);
    EXPECT_TRUE(of.found().leaf.is_valid(of.now));
    EXPECT_EQ(of.contents.rotate, "");
    EXPECT_EQ(of.next(1h).action, act::wait);
}

/// By the authority in it, with an RSA key of 1024 bits, which no TLS server of today serves.
void take_weak_leaf(secret_contents& c) {
    const auto authorities = read_certificates({"ca.crt", c.bundle});
    const auto by = read_key({"ca.key", c.authority_key.reveal()});
    X509* authority = authorities.value().back().get();
    const key_ptr key(EVP_RSA_gen(1024));
    const wall_time now = fake_clock().now();
    const certificate_ptr made = begin_certificate(key.get(), now - 1h, now + 1h);
    must(X509_set_issuer_name(made.get(), X509_get_subject_name(authority)) == 1);
    must(X509_sign(made.get(), by.value().get(), EVP_sha256()) > 0);
    c.leaf = pem_of(made.get());
    c.leaf_key = secret(pem_of(key.get()));
}

struct broken_case {
    std::string name;
    std::function<void(secret_contents&)> breaking;
    std::string error;
};

class BrokenSecret : public testing::TestWithParam<broken_case> {};

TEST_P(BrokenSecret, IsToldWithItsField) {
    secret_contents contents = filled().contents;
    GetParam().breaking(contents);
    const auto found = examine(contents);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().detail(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BrokenSecret,
    testing::Values(
        broken_case{
            "NoLeaf",
            [](secret_contents& c) { c.leaf.clear(); },
            "tls.crt: no certificate in PEM found"},
        broken_case{
            "NoLeafKey",
            [](secret_contents& c) { c.leaf_key = secret(); },
            "tls.key: no private key in PEM found"},
        broken_case{
            "KeyOfAnother",
            [](secret_contents& c) { c.leaf_key = c.authority_key; },
            "tls.key: the private key does not match the certificate tls.crt"},
        broken_case{
            "NoBundle",
            [](secret_contents& c) { c.bundle = "x"; },
            "ca.crt: no certificate in PEM found"},
        broken_case{
            "NoAuthorityKey",
            [](secret_contents& c) { c.authority_key = secret("x"); },
            "ca.key: no private key in PEM found"},
        broken_case{
            "AuthorityKeyOfAnother",
            [](secret_contents& c) { c.authority_key = c.leaf_key; },
            "ca.key: the private key does not match the last certificate of ca.crt"},
        broken_case{
            "LeafOfAnotherAuthority",
            [](secret_contents& c) {
                const secret_contents other = filled().contents;
                c.bundle = other.bundle;
                c.authority_key = other.authority_key;
            },
            "tls.crt: issued by none of the authorities in ca.crt"},
        broken_case{"KeyTooShortForTls", take_weak_leaf, "tls.crt: not usable: ee key too small"},
        broken_case{
            "TooManyAuthorities",
            [](secret_contents& c) {
                const std::string one = c.bundle;
                for (int i = 0; i < 8; ++i) {
                    c.bundle += one;
                }
            },
            "ca.crt: more than 8 certificates"}
    ),
    testing_support::case_name()
);

TEST(TimesOfCertificates, BeyondTheReachOfNanosecondsAreTheLastWithinIt) {
    const wall_time last = parse_utc("2261-12-31T23:59:59Z").value();
    for (const char* late :
         {"2262-01-01T00:00:00Z", "2262-04-12T00:00:00Z", "9999-12-31T23:59:59Z"}) {
        EXPECT_EQ(parse_utc(late), last) << late;
    }
    EXPECT_EQ(parse_utc("1901-01-01T00:00:00Z"), wall_time());
    const asn1_time_ptr never(ASN1_TIME_new());
    ASSERT_EQ(ASN1_TIME_set_string_X509(never.get(), "99991231235959Z"), 1);
    EXPECT_EQ(time_of(never.get()), last);
    const certificate_facts facts{"x", fake_clock().now(), last};
    EXPECT_TRUE(facts.is_valid(fake_clock().now()));
    EXPECT_GT(facts.due(), fake_clock().now() + std::chrono::years(100));
}

TEST(ParseUtc, ReadsWhatUtcTextWrites) {
    const wall_time now = fake_clock().now();
    EXPECT_EQ(parse_utc(utc_text(now)), now);
    for (const char* bad :
         {"", "2026-08-01", "2026-08-01T12:00:00", "2026-08-01T12:00:00Zx", "x"}) {
        EXPECT_EQ(parse_utc(bad), std::nullopt) << bad;
    }
}

} // namespace
} // namespace gatehouse::server
