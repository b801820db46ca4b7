#include "policy/signature/dsse.h"

#include "tests/support/case_name.h"
#include "tests/support/signing.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gatehouse::policy {
namespace {

using nlohmann::json;
using testing_support::base64;

// The example of the DSSE protocol.
TEST(Dsse, EncodesTypeAndPayloadWithTheirLengths) {
    EXPECT_EQ(
        pre_authentication_encoding("http://example.com/HelloWorld", "hello world"),
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
    EXPECT_EQ(pre_authentication_encoding("", ""), "DSSEv1 0  0 ");
    // Lengths are of bytes, not of characters.
    EXPECT_EQ(pre_authentication_encoding("\xc3\xa9", "\n"), "DSSEv1 2 \xc3\xa9 1 \n");
}

json envelope() {
    return {
        {"payloadType", "text/plain"},
        {"payload", base64("hello")},
        {"signatures", {{{"sig", base64("signed")}, {"keyid", "k"}}}}};
}

TEST(Dsse, ReadsAnEnvelope) {
    const auto read = read_envelope(envelope());
    ASSERT_TRUE(read) << read.error().detail();
    EXPECT_EQ(read.value().payload_type, "text/plain");
    EXPECT_EQ(read.value().payload, "hello");
    EXPECT_EQ(read.value().signature, "signed");
}

TEST(Dsse, ReadsTheUrlAlphabetAsItsProtocolAllows) {
    json value = envelope();
    value["payload"] = "-_-_";
    value["signatures"][0]["sig"] = "_w==";
    const auto read = read_envelope(value);
    ASSERT_TRUE(read) << read.error().detail();
    EXPECT_EQ(read.value().payload, "\xfb\xff\xbf");
    EXPECT_EQ(read.value().signature, "\xff");
}

struct bad_envelope {
    std::string name;
    json patch;
    std::string problem;
};

class BadEnvelope : public testing::TestWithParam<bad_envelope> {};

TEST_P(BadEnvelope, IsRefusedWithTheReason) {
    json value = envelope();
    value.merge_patch(GetParam().patch);
    const auto read = read_envelope(value);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), errc::malformed);
    EXPECT_EQ(read.error().detail(), GetParam().problem);
}

json signatures(json list) { return {{"signatures", std::move(list)}}; }
json signature(json value) { return signatures(json::array({json{{"sig", std::move(value)}}})); }

const std::string no_type = "its envelope has no payloadType";
const std::string no_payload = "its envelope's payload is not base64";
const std::string no_signature = "its envelope's signature is not base64";

INSTANTIATE_TEST_SUITE_P(
    All,
    BadEnvelope,
    testing::Values(
        bad_envelope{"NoObject", json::array(), no_type},
        bad_envelope{"NoType", {{"payloadType", nullptr}}, no_type},
        bad_envelope{"TypeIsANumber", {{"payloadType", 1}}, no_type},
        bad_envelope{"TypeTooLong", {{"payloadType", std::string(257, 'a')}}, no_type},
        bad_envelope{"NoPayload", {{"payload", nullptr}}, no_payload},
        bad_envelope{"PayloadIsAnObject", {{"payload", {{"a", 1}}}}, no_payload},
        bad_envelope{"PayloadNotBase64", {{"payload", "a b="}}, no_payload},
        bad_envelope{"NoSignatures", signatures(nullptr), "its envelope has no signatures"},
        bad_envelope{"SignaturesNoList", signatures("x"), "its envelope has no signatures"},
        bad_envelope{
            "ZeroSignatures",
            signatures(json::array()),
            "its envelope has 0 signatures; exactly one is allowed"},
        bad_envelope{
            "TwoSignatures",
            signatures({{{"sig", "AAAA"}}, {{"sig", "AAAA"}}}),
            "its envelope has 2 signatures; exactly one is allowed"},
        bad_envelope{"SignatureIsNull", signatures(json::array({nullptr})), no_signature},
        bad_envelope{"SignatureIsANumber", signature(1), no_signature},
        bad_envelope{"SignatureIsEmpty", signature(""), no_signature},
        bad_envelope{"SignatureNotBase64", signature("A"), no_signature}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
