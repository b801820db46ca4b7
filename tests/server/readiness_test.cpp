#include "server/readiness.h"

#include "server/self_signed.h"
#include "tests/support/fake_clock.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing_support::fake_clock;

/// A good load of no policies and a certificate that is valid for a year from `since`.
load_report good_load(wall_time since, wall_time now) {
    auto made = std::make_shared<config_snapshot>();
    made->policies = std::make_shared<policy::policy_set>(std::vector<policy::policy_document>());
    made->tls = make_tls_context(make_self_signed(since)).context;
    made->loaded = now;
    load_report report;
    report.made = made;
    return report;
}

std::string text_of(const readiness& of) {
    return health_answer("/readyz", of.checks(), true).body;
}

TEST(Readiness, IsNotThereBeforeAnythingIsLoaded) {
    const fake_clock time;
    EXPECT_EQ(
        text_of(readiness(time)),
        "[-]policies failed: none loaded\n[-]certificate failed: none loaded\n[+]stopping ok\n"
        "readyz check failed\n"
    );
}

TEST(Readiness, TellsWhatIsInForce) {
    const fake_clock time;
    readiness of(time);
    of.note(good_load(time.now(), time.now()));
    EXPECT_EQ(
        text_of(of),
        "[+]policies ok: 0 in force since 2026-08-01T12:00:00Z\n"
        "[+]certificate ok: valid until 2027-08-01T12:00:00Z\n[+]stopping ok\n"
        "readyz check passed\n"
    );
}

TEST(Readiness, TellsOfAFailedReloadButStays) {
    fake_clock time;
    readiness of(time);
    of.note(good_load(time.now(), time.now()));
    time.advance(5min);
    load_report failed;
    failed.policy_errors = {"a.yaml:3:5: spec.image: unknown field\x1b", "b.yaml: empty"};
    failed.certificate_errors = {"tls.key: no private key in PEM found"};
    of.note(failed);
    EXPECT_EQ(
        text_of(of),
        "[+]policies ok: 0 in force since 2026-08-01T12:00:00Z\n"
        "    the last reload failed at 2026-08-01T12:05:00Z:\n"
        "    a.yaml:3:5: spec.image: unknown field\\u{1b}\n"
        "    b.yaml: empty\n"
        "[+]certificate ok: valid until 2027-08-01T12:00:00Z\n"
        "    the last reload failed at 2026-08-01T12:05:00Z:\n"
        "    tls.key: no private key in PEM found\n"
        "[+]stopping ok\n"
        "readyz check passed\n"
    );
    of.note(good_load(time.now(), time.now()));
    EXPECT_EQ(text_of(of).find("failed"), std::string::npos);
}

TEST(Readiness, TellsTenErrorsAtMost) {
    const fake_clock time;
    readiness of(time);
    load_report failed;
    failed.policy_errors.assign(12, "x");
    of.note(failed);
    const std::string text = text_of(of);
    EXPECT_NE(text.find("\n    and 2 more\n"), std::string::npos) << text;
}

TEST(Readiness, EndsWithTheCertificate) {
    fake_clock time;
    readiness of(time);
    of.note(good_load(time.now(), time.now()));
    time.advance(std::chrono::days(365) - 1s);
    EXPECT_TRUE(of.checks()[1].is_ok);
    time.advance(1s);
    EXPECT_FALSE(of.checks()[1].is_ok);
    EXPECT_EQ(of.checks()[1].detail, "ended at 2027-08-01T12:00:00Z");
}

TEST(Readiness, WaitsForACertificateOfTheFuture) {
    const fake_clock time;
    readiness of(time);
    of.note(good_load(time.now() + 1h, time.now()));
    EXPECT_FALSE(of.checks()[1].is_ok);
    EXPECT_EQ(of.checks()[1].detail, "not valid before 2026-08-01T12:55:00Z");
}

TEST(Readiness, EndsAtOnceWithAStop) {
    const fake_clock time;
    readiness of(time);
    of.note(good_load(time.now(), time.now()));
    of.begin_drain();
    EXPECT_EQ(
        health_answer("/readyz", of.checks(), false).body,
        "[+]policies ok\n[+]certificate ok\n[-]stopping failed\nreadyz check failed\n"
    );
}

} // namespace
} // namespace gatehouse::server
