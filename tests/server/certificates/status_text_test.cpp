#include "server/certificates/status_text.h"

#include "tests/support/fake_clock.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;

const wall_time now = testing_support::fake_clock().now();

certificate_facts lasting(const std::string& subject, wall_time from, wall_time until) {
    return {subject, from, until};
}

/// In the middle of a rotation: the old authority has issued the leaf and is due, the new one is trusted too.
examined_contents rotating() {
    examined_contents out;
    out.authorities = {
        lasting("CN=old", now - 20h, now + 10h), lasting("CN=new", now + 1h, now + 31h)};
    out.issuer = 0;
    out.leaf = lasting("CN=gatehouse", now - 19h, now + 11h);
    out.names = {"gatehouse.system.svc", "localhost"};
    return out;
}

secret_contents annotated() {
    secret_contents out;
    out.phase = "published";
    out.since = "2026-08-01T11:00:00Z";
    out.rotate = "c\na";
    return out;
}

TEST(StatusText, TellsPhaseLeafAndAuthorities) {
    EXPECT_EQ(
        status_as_text(annotated(), rotating(), now),
        "phase published since 2026-08-01T11:00:00Z, asked to renew: c\\na\n"
        "certificate CN=gatehouse\n"
        "  valid: from 2026-07-31T17:00:00Z until 2026-08-01T23:00:00Z, renewed from "
        "2026-08-01T13:00:00Z\n"
        "  names: gatehouse.system.svc, localhost\n"
        "authority CN=old, by which the certificate is\n"
        "  due: from 2026-07-31T16:00:00Z until 2026-08-01T22:00:00Z, renewed from "
        "2026-08-01T12:00:00Z\n"
        "authority CN=new\n"
        "  not valid yet: from 2026-08-01T13:00:00Z until 2026-08-02T19:00:00Z, renewed from "
        "2026-08-02T09:00:00Z\n"
    );
}

TEST(StatusText, LeavesOutWhatNobodyHasWritten) {
    examined_contents found = rotating();
    found.authorities.pop_back();
    EXPECT_EQ(
        status_as_text({}, found, now),
        "phase steady\n"
        "certificate CN=gatehouse\n"
        "  valid: from 2026-07-31T17:00:00Z until 2026-08-01T23:00:00Z, renewed from "
        "2026-08-01T13:00:00Z\n"
        "  names: gatehouse.system.svc, localhost\n"
        "authority CN=old, by which the certificate is\n"
        "  due: from 2026-07-31T16:00:00Z until 2026-08-01T22:00:00Z, renewed from "
        "2026-08-01T12:00:00Z\n"
    );
}

TEST(StatusText, TellsTheSameAsJson) {
    const auto got = nlohmann::json::parse(status_as_json(annotated(), rotating(), now));
    EXPECT_EQ(got, nlohmann::json::parse(R"({
        "phase": "published",
        "phaseSince": "2026-08-01T11:00:00Z",
        "rotate": "c\\na",
        "certificate": {
            "subject": "CN=gatehouse",
            "state": "valid",
            "notBefore": "2026-07-31T17:00:00Z",
            "notAfter": "2026-08-01T23:00:00Z",
            "renewedFrom": "2026-08-01T13:00:00Z",
            "names": ["gatehouse.system.svc", "localhost"]},
        "authorities": [
            {"subject": "CN=old",
             "state": "due",
             "notBefore": "2026-07-31T16:00:00Z",
             "notAfter": "2026-08-01T22:00:00Z",
             "renewedFrom": "2026-08-01T12:00:00Z",
             "isIssuer": true},
            {"subject": "CN=new",
             "state": "not valid yet",
             "notBefore": "2026-08-01T13:00:00Z",
             "notAfter": "2026-08-02T19:00:00Z",
             "renewedFrom": "2026-08-02T09:00:00Z",
             "isIssuer": false}]})"));
}

// Of 30 hours, renewed after 20.
TEST(StatusText, HasAStateForEachPartOfALife) {
    const auto state_at = [](wall_time when) {
        const auto got = nlohmann::json::parse(status_as_json({}, rotating(), when));
        return got.at("certificate").at("state").get<std::string>();
    };
    const wall_time from = now - 19h;
    EXPECT_EQ(state_at(from - 1s), "not valid yet");
    EXPECT_EQ(state_at(from), "valid");
    EXPECT_EQ(state_at(from + 20h - 1s), "valid");
    EXPECT_EQ(state_at(from + 20h), "due");
    EXPECT_EQ(state_at(from + 30h - 1s), "due");
    EXPECT_EQ(state_at(from + 30h), "ended");
}

} // namespace
} // namespace gatehouse::server
