// Images signed by real cosign 2.6 and 3.1, and by openssl as key services sign: each verifies with its
// key, and with nothing about it changed. What is made while a test runs is in the other tests here.

#include "policy/signature/base64.h"
#include "policy/signature/verify.h"
#include "tests/support/signature_fixtures.h"
#include "tests/support/signing.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using policy::signature_answer;
using policy::signature_candidate;
using policy::signature_format;
using policy::statement_type;
using policy::verify;

// Written out rather than read: a list that is made before main() costs every run of every test.
const std::vector<std::string> repositories{
    "team/cosign2-annotated",
    "team/cosign2-ed25519",
    "team/cosign2-p256",
    "team/cosign2-p384",
    "team/cosign2-p521",
    "team/cosign2-rsa",
    "team/cosign3-annotated",
    "team/cosign3-ed25519",
    "team/cosign3-p256",
    "team/cosign3-p384",
    "team/cosign3-p521",
    "team/cosign3-rsa",
    "team/kms",
    "team/sm2"};

std::vector<std::string> signed_repositories() {
    std::vector<std::string> out;
    for (const auto& [name, one] : fixture_repositories()) {
        if (!one.signed_by.empty()) {
            out.push_back(name);
        }
    }
    return out;
}

struct letters_only {
    std::string operator()(const testing::TestParamInfo<std::string>& info) const {
        std::string out;
        std::ranges::copy_if(info.param, std::back_inserter(out), [](unsigned char one) {
            return std::isalnum(one) != 0;
        });
        return out;
    }
};

char other(char one) { return static_cast<char>(static_cast<unsigned char>(one) ^ 1U); }

/// The same text with the bytes that it stands for changed at one place.
std::string changed_base64(const std::string& text, std::size_t at, char to) {
    std::string bytes = policy::decode_base64(text).value();
    bytes[at] = to;
    return base64(bytes);
}

/// Where DER says how an ECDSA signature is put together: SEQUENCE, INTEGER r, INTEGER s.
bool is_structure(const std::string& signature, std::size_t at) {
    if (signature[0] != 0x30) {
        return false;
    }
    const std::size_t r_at = signature[1] == static_cast<char>(0x81) ? 3 : 2;
    const std::size_t s_at = r_at + 2 + static_cast<unsigned char>(signature[r_at + 1]);
    return at < r_at + 2 || at == s_at || at == s_at + 1;
}

/// What to put there instead: anything where it is structure, else a number that is near and one that is far.
std::vector<char> replacements(const std::string& signature, std::size_t at) {
    const auto now = static_cast<unsigned char>(signature[at]);
    std::vector<char> out = {other(signature[at]), static_cast<char>(now ^ 0x80U)};
    for (unsigned value = 0; is_structure(signature, at) && value < 256; ++value) {
        if (value != now) {
            out.push_back(static_cast<char>(value));
        }
    }
    return out;
}

/// The two parts of a candidate that are signed or sign, reachable in both formats.
class signed_parts {
  public:
    explicit signed_parts(signature_candidate from) : from_(std::move(from)) {
        if (from_.format == signature_format::bundle) {
            bundle_ = json::parse(from_.content);
        }
    }

    [[nodiscard]] std::size_t payload_size() const {
        return bundle_.is_null() ? from_.content.size()
                                 : policy::decode_base64(payload_text()).value().size();
    }
    [[nodiscard]] std::string signature() const {
        return policy::decode_base64(signature_text()).value();
    }
    [[nodiscard]] signature_candidate with_payload_changed(std::size_t at) const {
        signature_candidate out = from_;
        if (bundle_.is_null()) {
            out.content[at] = other(out.content[at]);
            return out;
        }
        json changed = bundle_;
        const std::string now = policy::decode_base64(payload_text()).value();
        changed["dsseEnvelope"]["payload"] = changed_base64(payload_text(), at, other(now[at]));
        out.content = changed.dump();
        return out;
    }
    [[nodiscard]] signature_candidate with_signature_changed(std::size_t at, char to) const {
        signature_candidate out = from_;
        if (bundle_.is_null()) {
            out.signature = changed_base64(from_.signature, at, to);
            return out;
        }
        json changed = bundle_;
        changed["dsseEnvelope"]["signatures"][0]["sig"] = changed_base64(signature_text(), at, to);
        out.content = changed.dump();
        return out;
    }

  private:
    [[nodiscard]] std::string payload_text() const {
        return bundle_.at("dsseEnvelope").at("payload");
    }
    [[nodiscard]] std::string signature_text() const {
        return bundle_.is_null()
                   ? from_.signature
                   : bundle_.at("dsseEnvelope").at("signatures").at(0).at("sig").get<std::string>();
    }

    signature_candidate from_;
    json bundle_; ///< null for simple signing
};

class CosignFixture : public testing::TestWithParam<std::string> {
  protected:
    const fixture_repository& held_ = fixture_repositories().at(GetParam());
    const policy::digest image_ = fixture_image(GetParam());
    const std::vector<signature_candidate> candidates_ = fixture_candidates(GetParam());
    const std::shared_ptr<const policy::public_key> key_ = fixture_key(held_.signed_by);

    [[nodiscard]] bool matches(const signature_candidate& candidate) const {
        return verify(candidate, *key_, image_).answer == signature_answer::match;
    }
};

TEST_P(CosignFixture, VerifiesWithItsKey) {
    ASSERT_EQ(candidates_.size(), 1U);
    const policy::signature_outcome done = verify(candidates_[0], *key_, image_);
    ASSERT_EQ(done.answer, signature_answer::match) << done.reason;
    EXPECT_EQ(done.fact->subject, image_);
    EXPECT_EQ(done.fact->key, key_->id());
    const bool is_bundle = GetParam().starts_with("team/cosign3");
    EXPECT_EQ(
        done.fact->type, is_bundle ? statement_type::cosign_sign : statement_type::simple_signing
    );
    // Bundles name no repository.
    EXPECT_EQ(done.fact->identity, is_bundle ? "" : "registry.example/" + GetParam());
    const std::map<std::string, std::string> env = {{"env", "prod"}};
    EXPECT_EQ(
        done.fact->annotations,
        GetParam().ends_with("annotated") ? env : (std::map<std::string, std::string>{})
    );
}

TEST_P(CosignFixture, VerifiesWithNoOtherKey) {
    ASSERT_EQ(candidates_.size(), 1U);
    std::vector<std::string> others = fixture_key_names();
    std::erase(others, held_.signed_by);
    others.emplace_back("stranger");
    for (const std::string& name : others) {
        EXPECT_EQ(
            verify(candidates_[0], *fixture_key(name), image_).answer, signature_answer::no_match
        ) << name;
    }
}

TEST_P(CosignFixture, VerifiesNoOtherImage) {
    ASSERT_EQ(candidates_.size(), 1U);
    for (const auto& [name, ignored] : fixture_repositories()) {
        const bool own = name == GetParam();
        EXPECT_EQ(
            verify(candidates_[0], *key_, fixture_image(name)).answer == signature_answer::match,
            own
        ) << name;
    }
}

TEST_P(CosignFixture, IsRefusedWithAnyByteOfItsPayloadChanged) {
    ASSERT_EQ(candidates_.size(), 1U);
    const signed_parts parts(candidates_[0]);
    ASSERT_GT(parts.payload_size(), 100U);
    for (std::size_t at = 0; at < parts.payload_size(); ++at) {
        EXPECT_FALSE(matches(parts.with_payload_changed(at))) << at;
    }
}

TEST_P(CosignFixture, IsRefusedWithAnyByteOfItsSignatureChanged) {
    ASSERT_EQ(candidates_.size(), 1U);
    const signed_parts parts(candidates_[0]);
    const std::string signature = parts.signature();
    ASSERT_GE(signature.size(), 64U);
    for (std::size_t at = 0; at < signature.size(); ++at) {
        for (const char to : replacements(signature, at)) {
            EXPECT_FALSE(matches(parts.with_signature_changed(at, to))) << at << " is " << int{to};
        }
    }
}

TEST_P(CosignFixture, IsRefusedWithAnyDigitOfTheDigestChanged) {
    ASSERT_EQ(candidates_.size(), 1U);
    const std::size_t start = std::string_view("sha256:").size();
    for (std::size_t at = start; at < image_.text().size(); ++at) {
        std::string text = image_.text();
        text[at] = text[at] == '0' ? '1' : '0';
        const policy::digest changed = policy::digest::parse(text).value();
        const bool is_same = changed == image_;
        EXPECT_EQ(verify(candidates_[0], *key_, changed).answer == signature_answer::match, is_same)
            << at;
    }
}

TEST_P(CosignFixture, IsRefusedWithAnyByteOfItsKeyChanged) {
    ASSERT_EQ(candidates_.size(), 1U);
    std::string body;
    const std::string pem = fixture_key_pem(held_.signed_by);
    for (std::size_t at = 0; at < pem.size();) {
        const std::size_t end = pem.find('\n', at);
        const std::string line = pem.substr(at, end - at);
        body += line.starts_with("-----") ? "" : line;
        at = end + 1;
    }
    const std::string der = policy::decode_base64(body).value();
    for (std::size_t at = 0; at < der.size(); ++at) {
        std::string changed = der;
        changed[at] = other(changed[at]);
        const auto key = policy::public_key::parse(pem_block("PUBLIC KEY", changed), std::nullopt);
        EXPECT_FALSE(
            key && verify(candidates_[0], *key.value(), image_).answer == signature_answer::match
        ) << at;
    }
}

INSTANTIATE_TEST_SUITE_P(EachImage, CosignFixture, testing::ValuesIn(repositories), letters_only());

TEST(CosignFixtures, AreAllInTheList) {
    EXPECT_THAT(signed_repositories(), testing::ElementsAreArray(repositories));
}

TEST(CosignFixtures, AnAttestationByTheRightKeyIsNoSignature) {
    const std::vector<signature_candidate> candidates = fixture_candidates("team/attested");
    ASSERT_EQ(candidates.size(), 1U);
    const policy::signature_outcome done =
        verify(candidates[0], *fixture_key("p256"), fixture_image("team/attested"));
    EXPECT_EQ(done.answer, signature_answer::malformed);
    EXPECT_THAT(done.reason, testing::HasSubstr("https://slsa.dev/provenance/v1"));
}

TEST(CosignFixtures, AnUnsignedImageHasNoCandidates) {
    EXPECT_THAT(fixture_candidates("team/unsigned"), testing::IsEmpty());
}

} // namespace
} // namespace gatehouse::testing_support
