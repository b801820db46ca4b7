#include "policy/image/digest.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

const std::string hex64(64, 'a');
const std::string hex128(128, '0');

TEST(Digest, HasAlgorithmAndHex) {
    const result<digest> parsed = digest::parse("sha512:" + hex128);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed.value().algorithm(), digest_algorithm::sha512);
    EXPECT_EQ(parsed.value().hex(), hex128);
    EXPECT_EQ(parsed.value().text(), "sha512:" + hex128);
}

TEST(Digest, IsThatOfTheBytes) {
    const digest empty = digest::of("");
    EXPECT_EQ(
        empty.text(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    EXPECT_TRUE(empty.is_of(""));
    EXPECT_FALSE(empty.is_of(" "));
    const digest longer = digest::of("abc", digest_algorithm::sha512);
    EXPECT_TRUE(longer.is_of("abc"));
    EXPECT_EQ(longer.hex().substr(0, 8), "ddaf35a1");
}

TEST(Digest, PrintsWhatItParses) {
    const digest made = digest::of("x");
    const result<digest> again = digest::parse(made.text());
    ASSERT_TRUE(again);
    EXPECT_EQ(again.value(), made);
}

struct bad_digest {
    std::string name;
    std::string text;
};

class BadDigest : public testing::TestWithParam<bad_digest> {};

TEST_P(BadDigest, IsRefused) {
    const result<digest> parsed = digest::parse(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code(), errc::malformed);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BadDigest,
    testing::Values(
        bad_digest{"Empty", ""},
        bad_digest{"NoAlgorithm", hex64},
        bad_digest{"Md5", "md5:" + std::string(32, 'a')},
        bad_digest{"UpperCaseAlgorithm", "SHA256:" + hex64},
        bad_digest{"UpperCaseHex", "sha256:" + std::string(64, 'A')},
        bad_digest{"Short", "sha256:" + hex64.substr(1)},
        bad_digest{"Long", "sha256:" + hex64 + "a"},
        bad_digest{"WrongLength", "sha512:" + hex64},
        bad_digest{"TrailingNewline", "sha256:" + hex64.substr(1) + "\n"}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
