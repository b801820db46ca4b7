#include "tests/bench/request_text.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace gatehouse::bench {
namespace {

constexpr std::string_view body =
    R"({"request":{"uid":"9e75958a-5626-48e2-8bc5-78d1b72a745c","object":{}}})";

TEST(RequestText, StampsEveryRequestWithAUidOfItsOwn) {
    request_text request(body);
    EXPECT_EQ(request.uid(), "9e75958a-5626-48e2-8bc5-78d1b72a745c");
    request.stamp(0x2A);
    EXPECT_EQ(request.uid(), "9e75958a-5626-48e2-8bc5-00000000002a");
    request.stamp(0xFEDCBA987654321);
    EXPECT_EQ(request.uid(), "9e75958a-5626-48e2-8bc5-cba987654321");
}

TEST(RequestText, SendsTheBodyBehindAHeadWithItsLength) {
    const request_text request(body);
    const std::string_view bytes(request.bytes().data(), request.bytes().size());
    EXPECT_TRUE(bytes.starts_with("POST /validate?timeout=10s HTTP/1.1\r\n"));
    EXPECT_NE(bytes.find("\r\nContent-Length: 70\r\n"), std::string_view::npos);
    EXPECT_TRUE(bytes.ends_with("\r\n\r\n" + std::string(body)));
}

TEST(RequestText, RefusesABodyWithoutUid) {
    EXPECT_THROW(request_text("{}"), std::runtime_error);
    EXPECT_THROW(request_text(R"({"request":{"uid":"short"}})"), std::runtime_error);
}

TEST(Answer, MustAllowAndCarryTheUid) {
    EXPECT_TRUE(is_answer(R"({"uid":"a","allowed":true})", "a", expectation::review));
    EXPECT_FALSE(is_answer(R"({"uid":"b","allowed":true})", "a", expectation::review));
    EXPECT_FALSE(is_answer(R"({"uid":"a","allowed":false})", "a", expectation::review));
    EXPECT_TRUE(is_answer(R"({"uid":"b","allowed":true})", "a", expectation::constant));
    EXPECT_FALSE(is_answer("", "", expectation::constant));
}

} // namespace
} // namespace gatehouse::bench
