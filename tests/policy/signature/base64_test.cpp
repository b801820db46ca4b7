#include "policy/signature/base64.h"

#include "tests/support/case_name.h"
#include "tests/support/signing.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using enum base64_alphabet;

TEST(Base64, ReadsWhatOpenSslWrites) {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(decode_base64(testing_support::base64(bytes)), bytes) << i;
        bytes += static_cast<char>(i * 37);
    }
}

// RFC 4648 section 10
TEST(Base64, ReadsTheVectorsOfItsStandard) {
    EXPECT_EQ(decode_base64(""), "");
    EXPECT_EQ(decode_base64("Zg=="), "f");
    EXPECT_EQ(decode_base64("Zm8="), "fo");
    EXPECT_EQ(decode_base64("Zm9v"), "foo");
    EXPECT_EQ(decode_base64("Zm9vYg=="), "foob");
    EXPECT_EQ(decode_base64("Zm9vYmE="), "fooba");
    EXPECT_EQ(decode_base64("Zm9vYmFy"), "foobar");
}

TEST(Base64, ReadsTheUrlAlphabetWhereItMayStand) {
    EXPECT_EQ(decode_base64("+/+/"), "\xfb\xff\xbf");
    EXPECT_EQ(decode_base64("-_-_", either), "\xfb\xff\xbf");
    EXPECT_EQ(decode_base64("+/+/", either), "\xfb\xff\xbf");
}

struct bad_text {
    std::string name;
    std::string text;
    base64_alphabet alphabet = standard;
};

class BadBase64 : public testing::TestWithParam<bad_text> {};

TEST_P(BadBase64, IsRefused) {
    EXPECT_EQ(decode_base64(GetParam().text, GetParam().alphabet), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BadBase64,
    testing::Values(
        bad_text{"NoPadding", "Zg"},
        bad_text{"HalfPadding", "Zg="},
        bad_text{"PaddingAlone", "===="},
        bad_text{"PaddingTwice", "Z==="},
        bad_text{"PaddingInside", "Zg==Zg=="},
        bad_text{"UnusedBitsOfOneByte", "Zh=="},
        bad_text{"UnusedBitsOfTwoBytes", "Zm9="},
        bad_text{"Newline", "Zm9v\nZm9"},
        bad_text{"TrailingNewline", "Zm9vZg=\n"},
        bad_text{"OtherCharacter", "Zm9*"},
        bad_text{"HighByte", "Zm9\xff"},
        bad_text{"UrlAlphabet", "-_-_"},
        bad_text{"MixedAlphabets", "-/-_", either}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
