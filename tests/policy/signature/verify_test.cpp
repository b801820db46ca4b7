// What no other verifier tests: statements of the right signer that say something else, and the corners of
// signatures that real keys make.
#include "policy/signature/verify.h"

#include "tests/support/signed_image.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

namespace gatehouse::policy {
namespace {

using nlohmann::json;
using namespace testing_support;
using enum signature_answer;

signature_outcome outcome_of(const signing_key& key, const signature_candidate& candidate) {
    return verify(candidate, *public_half(key), signed_image());
}

TEST(Verify, NeverTakesProvenanceBySameSignerForASignature) {
    const signing_key key("P-256");
    json statement = signing_statement();
    statement["predicateType"] = "https://slsa.dev/provenance/v1";
    statement["predicate"] = {{"buildDefinition", json::object()}};
    const auto outcome = outcome_of(key, as_candidate(envelope_bundle(key, statement.dump())));
    EXPECT_EQ(outcome.answer, malformed);
    EXPECT_FALSE(outcome.fact);
    EXPECT_EQ(
        outcome.reason,
        "is an attestation of type https://slsa.dev/provenance/v1, not an image signature"
    );
}

TEST(Verify, NeverTakesAStatementAboutAnotherDigest) {
    const signing_key key("P-256");
    json statement = signing_statement();
    statement["subject"][0]["digest"]["sha256"] = digest::of("other").hex();
    const auto outcome = outcome_of(key, as_candidate(envelope_bundle(key, statement.dump())));
    EXPECT_EQ(outcome.answer, malformed);
    EXPECT_EQ(outcome.reason, "its statement is about another image");
}

TEST(Verify, NeverTakesWhatItsStoreCallsUnusable) {
    policy::signature_candidate one =
        simple_signing(shared_key("P-256"), simple_signing_payload().dump());
    one.problem = "is longer than its manifest says";
    const auto done = verify(one, *public_half(shared_key("P-256")), signed_image());
    EXPECT_EQ(done.answer, policy::signature_answer::malformed);
    EXPECT_EQ(done.reason, "is longer than its manifest says");
}

TEST(Verify, NeverTakesOneFormatForTheOther) {
    const signing_key key("P-256");
    signature_candidate bundle = as_candidate(envelope_bundle(key, signing_statement().dump()));
    bundle.format = signature_format::simple_signing;
    bundle.signature = base64(key.sign(bundle.content));
    EXPECT_EQ(outcome_of(key, bundle).reason, "its payload has no critical part");
    signature_candidate payload = simple_signing(key, simple_signing_payload().dump());
    payload.format = signature_format::bundle;
    EXPECT_EQ(outcome_of(key, payload).reason, "its bundle has no mediaType");
    // A signature over the statement itself is none over its envelope.
    json bare = envelope_bundle(key, signing_statement().dump());
    bare["dsseEnvelope"]["signatures"][0]["sig"] = base64(key.sign(signing_statement().dump()));
    EXPECT_EQ(outcome_of(key, as_candidate(bare)).answer, no_match);
}

TEST(Verify, NeverTakesASignatureOverTheManifestForOneOverThePayload) {
    const signing_key key("P-256");
    signature_candidate candidate = simple_signing(key, simple_signing_payload().dump());
    candidate.signature = base64(key.sign(signed_manifest()));
    EXPECT_EQ(outcome_of(key, candidate).answer, no_match);
}

class P384 : public testing::Test {
  protected:
    [[nodiscard]] signature_outcome with(std::string_view raw_signature) const {
        signature_candidate candidate = simple_signing(key_, payload_);
        candidate.signature = base64(raw_signature);
        return outcome_of(key_, candidate);
    }

    signing_key key_{"P-384"};
    std::string payload_ = simple_signing_payload().dump();
};

TEST_F(P384, IsTakenWithSha384AndWithSha256) {
    const auto by_curve = with(key_.sign(payload_, {.hash = "SHA384"}));
    ASSERT_EQ(by_curve.answer, match);
    EXPECT_EQ(by_curve.fact->hash, hash_algorithm::sha384);
    const auto old = with(key_.sign(payload_, {.hash = "SHA256"}));
    ASSERT_EQ(old.answer, match);
    EXPECT_EQ(old.fact->hash, hash_algorithm::sha256);
}

TEST_F(P384, IsTakenWithHalvesSideBySide) {
    EXPECT_EQ(with(key_.sign(payload_, {.hash = "SHA384", .halves = true})).answer, match);
}

/// The other of the two signatures that always hold together: s less than half of the group's order
/// or more.
std::string with_other_s(const std::string& halves) {
    const std::size_t half = halves.size() / 2;
    const auto* const s_bytes = reinterpret_cast<const unsigned char*>(halves.data()) + half;
    EC_GROUP* const group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    BIGNUM* const s = BN_bin2bn(s_bytes, static_cast<int>(half), nullptr);
    EXPECT_EQ(BN_sub(s, EC_GROUP_get0_order(group), s), 1);
    std::string other(half, '\0');
    BN_bn2binpad(s, reinterpret_cast<unsigned char*>(other.data()), static_cast<int>(half));
    BN_free(s);
    EC_GROUP_free(group);
    return halves.substr(0, half) + other;
}

TEST_F(P384, IsTakenWithHighAndLowS) {
    const std::string one = key_.sign(payload_, {.hash = "SHA384", .halves = true});
    EXPECT_EQ(with(with_other_s(one)).answer, match);
    EXPECT_EQ(with(with_other_s(with_other_s(one))).answer, match);
}

TEST_F(P384, IsRefusedWithAByteBehindItsDer) {
    for (const char byte : {'\0', '\1', '0'}) {
        const auto outcome = with(key_.sign(payload_, {.hash = "SHA384"}) + byte);
        EXPECT_EQ(outcome.answer, no_match);
        EXPECT_EQ(outcome.reason, "was not signed with this key");
    }
}

TEST_F(P384, IsRefusedWithALongFormOfLength) {
    std::string der = key_.sign(payload_, {.hash = "SHA384"});
    der.insert(1, "\x81"); // one byte of length follows: BER, not DER, for a length below 128
    EXPECT_EQ(with(der).answer, no_match);
}

TEST(Verify, HoldsBackEveryReasonToOneBoundedLine) {
    const signing_key key("P-256");
    json payload = simple_signing_payload();
    payload["critical"]["type"] = std::string(5000, '\n');
    json statement = signing_statement();
    statement["predicateType"] = std::string(5000, '\x1b');
    json unknown = simple_signing_payload();
    unknown["critical"]["x\n" + std::string(5000, 'y')] = 1;
    for (const auto& candidate :
         {simple_signing(key, payload.dump()),
          simple_signing(key, unknown.dump()),
          as_candidate(envelope_bundle(key, statement.dump()))}) {
        const auto outcome = outcome_of(key, candidate);
        EXPECT_EQ(outcome.answer, malformed);
        EXPECT_LE(outcome.reason.size(), 240U);
        for (const char c : outcome.reason) {
            EXPECT_TRUE(c >= ' ' && c <= '~');
        }
    }
}

} // namespace
} // namespace gatehouse::policy
