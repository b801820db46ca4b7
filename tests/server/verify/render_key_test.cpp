#include "server/verify/render.h"
#include "tests/server/verify/reports.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using policy::signature_entry;
using policy::verified_signature;

/// What `--key keys/cosign.pub` makes.
signature_entry by_key() {
    signature_entry out = entry_of({signer("cosign.pub", {"P-256"})});
    out.authorities[0].keys[0].file = "keys/cosign.pub";
    out.tags = policy::tag_mode::allow;
    return out;
}

/// A simple signing with a name and an annotation, and a bundle without.
std::vector<verified_signature> two_signatures() {
    verified_signature simple = signed_by("P-256", 'a');
    simple.identity = "index.docker.io/acme/app";
    simple.annotations = {{"env", "prod"}};
    verified_signature bundle = signed_by("P-256", 'a');
    bundle.type = policy::statement_type::cosign_sign;
    return {simple, bundle};
}

const std::string simple_payload =
    R"({"critical":{"identity":{"docker-reference":"index.docker.io/acme/app"},)"
    R"("image":{"docker-manifest-digest":")"
    + digest_text('a')
    + R"("},"type":"cosign container image signature"},"optional":{"env":"prod"}})";
const std::string bundle_payload =
    R"({"critical":{"identity":{"docker-reference":"reg.example/app:1"},)"
    R"("image":{"docker-manifest-digest":")"
    + digest_text('a') + R"("},"type":"https://sigstore.dev/cosign/sign/v1"},"optional":null})";

const std::string checks = "\nVerification for reg.example/app:1 --\n"
                           "Each signature below has passed these checks:\n"
                           "  - it was made with the key in keys/cosign.pub\n"
                           "  - it is of this image, "
                           + digest_text('a') + "\n";
const std::string last_line = "No transparency log was looked at.\n";

TEST(VerifyByKey, PrintsThePayloadsAsCosign) {
    const judged_report report(
        only(by_key()), tagged_image, known_of(tagged_image, two_signatures())
    );
    const verify_text json = render_by_key(report.value, verify_output::json);
    EXPECT_EQ(json.out, "\n[" + simple_payload + "," + bundle_payload + "]\n");
    EXPECT_EQ(json.err, checks + last_line);
    const verify_text text = render_by_key(report.value, verify_output::text);
    EXPECT_EQ(text.out, simple_payload + "\n" + bundle_payload + "\n");
    EXPECT_EQ(text.err, json.err);
}

TEST(VerifyByKey, PrintsOnlySignaturesThatCount) {
    signature_entry annotated = by_key();
    annotated.annotations = {{"env", "prod"}};
    const judged_report report(
        only(annotated), tagged_image, known_of(tagged_image, two_signatures())
    );
    const verify_text json = render_by_key(report.value, verify_output::json);
    EXPECT_EQ(json.out, "\n[" + simple_payload + "]\n");
    EXPECT_EQ(json.err, checks + "  - it has the annotation \"env=prod\"\n" + last_line);
}

TEST(VerifyByKey, SaysWhatIsMissingAndNothingElse) {
    const judged_report bare(only(by_key()), tagged_image, known_of(tagged_image, {}));
    verify_text text = render_by_key(bare.value, verify_output::json);
    EXPECT_EQ(text.out, "");
    EXPECT_EQ(
        text.err,
        "gatehouse verify: no signatures found: image reg.example/app:1 is not signed; sign "
            + digest_text('a') + " with a key of cosign.pub\n"
    );
    const judged_report other(only(by_key()), tagged_image, known_of(tagged_image, {}, 2));
    text = render_by_key(other.value, verify_output::text);
    EXPECT_EQ(text.out, "");
    EXPECT_EQ(
        text.err,
        "gatehouse verify: no matching signatures: image reg.example/app:1 is signed, but not by "
        "cosign.pub: 2 signatures by other keys; sign "
            + digest_text('a') + " with a key of cosign.pub\n"
    );
}

TEST(VerifyByKey, MakesTextFromOutsidePrintable) {
    verified_signature odd = signed_by("P-256", 'a');
    odd.identity = "reg\xff\x1b[31m";
    const judged_report report(only(by_key()), tagged_image, known_of(tagged_image, {odd}));
    const std::string out = render_by_key(report.value, verify_output::json).out;
    EXPECT_NE(
        out.find(R"("docker-reference":"reg)"
                 "\xef\xbf\xbd"
                 R"(\u001b[31m")"),
        std::string::npos
    ) << out;
}

} // namespace
} // namespace gatehouse::server
