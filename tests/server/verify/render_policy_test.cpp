#include "server/verify/render.h"
#include "tests/server/verify/reports.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using policy::signature_entry;
using policy::verified_signature;

const std::string found = "\nVerification for reg.example/app:1 (" + digest_text('a') + ") --\n";
const std::string payload = R"({"critical":{"identity":{"docker-reference":"reg.example/app:1"},)"
                            R"("image":{"docker-manifest-digest":")"
                            + digest_text('a')
                            + R"("},"type":"cosign container image signature"},"optional":null})";

/// By two signers, of which one suffices; tags are allowed.
signature_entry two() {
    signature_entry out = entry_of({signer("kms", {"P-256"}), signer("ci", {"P-384"})});
    out.tags = policy::tag_mode::allow;
    return out;
}

TEST(VerifyByPolicy, NamesWhoHasSigned) {
    const judged_report report(
        only(two()), tagged_image, known_of(tagged_image, {signed_by("P-256", 'a')})
    );
    const verify_text text = render_by_policy(report.value, verify_output::text);
    const std::string told = found
                             + "  p/release: satisfied, 1 signer of 1 needed\n"
                               "    kms: signed it, layer 1\n"
                               "    ci: has not signed it\n";
    EXPECT_EQ(text.out, told);
    EXPECT_EQ(text.err, "");
    const verify_text json = render_by_policy(report.value, verify_output::json);
    EXPECT_EQ(json.err, told);
    EXPECT_EQ(
        json.out,
        R"({"image":"reg.example/app:1","digest":")" + digest_text('a')
            + R"(","verified":true,"requirements":[{"name":"p/release","satisfied":true,)"
              R"("authorities":[{"name":"kms","satisfied":true,"signatures":[)"
            + payload
            + R"(],"objections":[]},{"name":"ci","satisfied":false,"signatures":[],)"
              R"("objections":[]}]}]})"
              "\n"
    );
}

TEST(VerifyByPolicy, SaysWhyOthersHaveNot) {
    signature_entry both = two();
    both.threshold = 2;
    both.annotations = {{"env", "prod"}};
    verified_signature annotated = signed_by("P-384", 'a');
    annotated.annotations = {{"env", "prod"}};
    const judged_report report(
        only(both), tagged_image, known_of(tagged_image, {signed_by("P-256", 'a'), annotated})
    );
    const std::string message =
        "image reg.example/app:1 is signed, but not by kms and ci (only by ci): kms signed it "
        "without the annotation env; sign "
        + digest_text('a') + " with keys of kms and ci and the annotations \\\"env=prod\\\"";
    const verify_text json = render_by_policy(report.value, verify_output::json);
    EXPECT_NE(
        json.out.find(
            R"("verified":false,"requirements":[{"name":"p/release","satisfied":false,)"
            R"("message":")"
            + message + R"(","authorities":[{"name":"kms","satisfied":false,)"
            + R"("signatures":[],"objections":["signed it without the annotation env"]})"
        ),
        std::string::npos
    ) << json.out;
    EXPECT_NE(
        json.err.find("    kms: signed it without the annotation env\n    ci: signed it, layer 1\n"
                      "gatehouse verify: no matching signatures: image reg.example/app:1 does not "
                      "satisfy p/release\n"),
        std::string::npos
    ) << json.err;
}

TEST(VerifyByPolicy, TellsOfTags) {
    signature_entry warns = two();
    warns.tags = policy::tag_mode::warn;
    const std::string line =
        "image reg.example/app:1 is not named by digest; write reg.example/app@" + digest_text('a');
    const std::string signers = "    kms: signed it, layer 1\n"
                                "    ci: has not signed it\n";
    const judged_report warned(
        only(warns), tagged_image, known_of(tagged_image, {signed_by("P-256", 'a')})
    );
    verify_text text = render_by_policy(warned.value, verify_output::text);
    EXPECT_EQ(
        text.out,
        found + "  p/release: satisfied, 1 signer of 1 needed\n" + signers + "    warning: " + line
            + "\n"
    );
    EXPECT_EQ(text.err, "");
    EXPECT_NE(
        render_by_policy(warned.value, verify_output::json).out.find(R"("warning":")" + line + '"'),
        std::string::npos
    );
    signature_entry denies = two();
    denies.tags = policy::tag_mode::deny;
    const judged_report denied(
        only(denies), tagged_image, known_of(tagged_image, {signed_by("P-256", 'a')})
    );
    text = render_by_policy(denied.value, verify_output::text);
    EXPECT_EQ(text.out, found + "  p/release: not satisfied: " + line + "\n" + signers);
    EXPECT_EQ(text.err, "gatehouse verify: image reg.example/app:1 does not satisfy p/release\n");
}

TEST(VerifyByPolicy, KnowsStaticDecisionsAndUnsignedImages) {
    policy::authority platform;
    platform.name = "platform";
    platform.fixed = policy::static_decision::pass;
    auto policies = only(entry_of({platform}));
    policy::policy_document strict = policy_of({});
    strict.name = "q";
    strict.unsigned_image = policy::unsigned_images::deny;
    policies.push_back(strict);
    const judged_report report(std::move(policies), tagged_image, {});
    const verify_text text = render_by_policy(report.value, verify_output::text);
    EXPECT_EQ(
        text.out,
        "\nVerification for reg.example/app:1 --\n"
        "  p/release: satisfied, static: Pass\n"
        "  q/unsignedImages: not satisfied: image reg.example/app:1 could not be verified: no "
        "signatures entry of the policy selects it; use an image that one selects\n"
    );
    EXPECT_EQ(
        text.err, "gatehouse verify: image reg.example/app:1 does not satisfy q/unsignedImages\n"
    );
}

TEST(VerifyByPolicy, SaysThatNothingWasAsked) {
    const judged_report report(only(two()), "nginx", {});
    const verify_text json = render_by_policy(report.value, verify_output::json);
    EXPECT_EQ(
        json.out,
        R"({"image":"docker.io/library/nginx:latest","digest":null,"verified":false,)"
        R"("requirements":[]})"
        "\n"
    );
    EXPECT_EQ(
        json.err,
        "\nVerification for docker.io/library/nginx:latest --\n"
        "  no signatures entry of these policies selects it\n"
        "gatehouse verify: image docker.io/library/nginx:latest is selected by no signatures entry "
        "of these policies, so nothing was verified\n"
    );
}

} // namespace
} // namespace gatehouse::server
