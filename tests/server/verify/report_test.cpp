#include "server/verify/report.h"

#include "tests/server/verify/reports.h"
#include "tests/support/case_name.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using policy::failure_cause;
using policy::signature_entry;

TEST(VerifyReport, HasCosignsStatuses) {
    const judged_report good(
        only(kms()), pinned_image, known_of(pinned_image, {signed_by("P-256", 'a')})
    );
    EXPECT_EQ(status_of(good.value), verify_status::verified);
    const judged_report bare(only(kms()), pinned_image, known_of(pinned_image, {}));
    EXPECT_EQ(status_of(bare.value), verify_status::no_signature);
    const judged_report other(only(kms()), pinned_image, known_of(pinned_image, {}, 1));
    EXPECT_EQ(status_of(other.value), verify_status::no_matching_signature);
    const judged_report gone(
        only(kms()), tagged_image, failed_with(tagged_image, failure_cause::not_found, "no such")
    );
    EXPECT_EQ(status_of(gone.value), verify_status::no_such_tag);
    const judged_report out(
        only(kms()), tagged_image, failed_with(tagged_image, failure_cause::unauthorized, "no")
    );
    EXPECT_EQ(status_of(out.value), verify_status::other);
    const judged_report unknown(only(kms()), pinned_image, {});
    EXPECT_EQ(status_of(unknown.value), verify_status::other);
    const judged_report by_tag(
        only(kms()), tagged_image, known_of(tagged_image, {signed_by("P-256", 'a')})
    );
    EXPECT_EQ(status_of(by_tag.value), verify_status::other);
}

TEST(VerifyReport, IsNotVerifiedWhereNothingWasAsked) {
    const std::string elsewhere = "docker.io/library/nginx@" + digest_text('a');
    const judged_report unselected(only(kms()), elsewhere, {});
    EXPECT_EQ(status_of(unselected.value), verify_status::other);
    auto warns = only(kms());
    warns[0].unsigned_image = policy::unsigned_images::warn;
    const judged_report warned(std::move(warns), elsewhere, {});
    EXPECT_EQ(status_of(warned.value), verify_status::other);
}

TEST(VerifyReport, HasTheStatusOfTheFirstThatFails) {
    signature_entry second = entry_of({signer("ci", {"P-384"})});
    second.name = "second";
    second.repository = "reg.example/signatures";
    auto policies = only(kms());
    policies[0].signatures.push_back(second);
    policy::evidence known = known_of(pinned_image, {signed_by("P-256", 'a')});
    known.images[0].sources.emplace_back("reg.example/signatures", policy::signature_facts());
    const judged_report report(std::move(policies), pinned_image, std::move(known));
    EXPECT_EQ(status_of(report.value), verify_status::no_signature);
    ASSERT_EQ(report.value.answers.size(), 2U);
    EXPECT_TRUE(report.value.answers[0].is_satisfied());
    EXPECT_EQ(name_of(report.value.answers[1]), "p/second");
}

struct advice_case {
    std::string name;
    failure_cause cause;
    std::string advice;
};

class VerifyAdvice : public testing::TestWithParam<advice_case> {};

TEST_P(VerifyAdvice, FollowsTheCause) {
    const judged_report report(
        only(kms()), tagged_image, failed_with(tagged_image, GetParam().cause, "it failed")
    );
    EXPECT_EQ(
        problem_of(report.value.answers.at(0)),
        "image reg.example/app:1 could not be verified: it failed" + GetParam().advice
    );
}

INSTANTIATE_TEST_SUITE_P(
    Each,
    VerifyAdvice,
    testing::Values(
        advice_case{"Dns", failure_cause::dns, "; check the name of the registry and the DNS"},
        advice_case{
            "Connect",
            failure_cause::connect,
            "; check that the registry is up and can be reached"},
        advice_case{
            "Tls",
            failure_cause::tls_handshake,
            "; a registry without TLS is listed in the ServerConfiguration with plainHTTP: true "
            "(--config FILE)"},
        advice_case{"Certificate", failure_cause::bad_certificate, " (--config FILE)"},
        advice_case{"Unauthorized", failure_cause::unauthorized, " (--config FILE)"},
        advice_case{"Forbidden", failure_cause::forbidden, " (--config FILE)"},
        advice_case{"PrivateAddress", failure_cause::forbidden_address, " (--config FILE)"},
        advice_case{
            "NotFound",
            failure_cause::not_found,
            "; check the name, and whether credentials are needed"},
        advice_case{"Throttled", failure_cause::throttled, "; try again"},
        advice_case{"ServerError", failure_cause::server_error, "; try again"},
        advice_case{"Busy", failure_cause::too_many_lookups, "; try again"},
        advice_case{"Timeout", failure_cause::timeout, "; try again"},
        advice_case{"Malformed", failure_cause::malformed, ""},
        advice_case{"TooLarge", failure_cause::too_large, ""}
    ),
    case_name()
);

} // namespace
} // namespace gatehouse::server
