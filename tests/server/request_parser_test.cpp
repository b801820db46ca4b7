#include "server/request_parser.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace gatehouse::server {
namespace {

using progress = request_parser::progress;

constexpr std::string_view plain_head = "POST /validate?timeout=5s HTTP/1.1\r\n"
                                        "Host: gate.example\r\n"
                                        "Content-Type: application/json\r\n"
                                        "Content-Length: 2\r\n"
                                        "\r\n";

request_limits small_limits() {
    request_limits limits;
    limits.head = 300;
    limits.body = 1000;
    return limits;
}

std::string_view text_of(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

TEST(RequestParser, ReadsAHeader) {
    request_parser parser{request_limits{}};
    const std::string bytes = std::string(plain_head) + "{}";
    ASSERT_EQ(parser.parse_head(bytes), progress::complete);
    const request_head head = parser.head(bytes);
    EXPECT_EQ(head.method, http_method::post);
    EXPECT_EQ(head.path, "/validate");
    EXPECT_EQ(head.query, "timeout=5s");
    EXPECT_EQ(head.content_type, "application/json");
    EXPECT_EQ(head.size, plain_head.size());
    EXPECT_EQ(head.content_length, 2U);
    EXPECT_TRUE(head.is_http11);
    EXPECT_TRUE(head.keeps_alive);
    EXPECT_FALSE(head.is_chunked);
    EXPECT_FALSE(head.expects_continue);
}

TEST(RequestParser, ReadsAHeaderByteByByteFromMemoryThatMoves) {
    request_parser parser{request_limits{}};
    std::string moved;
    for (std::size_t size = 1; size < plain_head.size(); ++size) {
        moved = std::string(plain_head.substr(0, size));
        ASSERT_EQ(parser.parse_head(moved), progress::need_more) << size;
    }
    moved = std::string(plain_head);
    ASSERT_EQ(parser.parse_head(moved), progress::complete);
    EXPECT_EQ(parser.head(moved).path, "/validate");
    EXPECT_EQ(parser.head(moved).content_type, "application/json");
}

struct method_case {
    std::string name;
    std::string text;
    http_method method;
};

class RequestParserMethod : public testing::TestWithParam<method_case> {};

TEST_P(RequestParserMethod, IsTold) {
    request_parser parser{request_limits{}};
    const std::string bytes = GetParam().text + " /livez HTTP/1.1\r\n\r\n";
    ASSERT_EQ(parser.parse_head(bytes), progress::complete);
    EXPECT_EQ(parser.head(bytes).method, GetParam().method);
}

INSTANTIATE_TEST_SUITE_P(
    RequestParser,
    RequestParserMethod,
    testing::Values(
        method_case{"Get", "GET", http_method::get},
        method_case{"Head", "HEAD", http_method::head},
        method_case{"Post", "POST", http_method::post},
        method_case{"Put", "PUT", http_method::other},
        method_case{"Unknown", "BREW", http_method::other},
        method_case{"LowerCase", "post", http_method::other}
    ),
    testing_support::case_name()
);

struct persistence_case {
    std::string name;
    std::string version;
    std::string connection;
    bool keeps_alive;
};

class RequestParserConnection : public testing::TestWithParam<persistence_case> {};

TEST_P(RequestParserConnection, PersistsOrNot) {
    request_parser parser{request_limits{}};
    std::string bytes = "GET / HTTP/" + GetParam().version + "\r\n";
    if (!GetParam().connection.empty()) {
        bytes += "Connection: " + GetParam().connection + "\r\n";
    }
    bytes += "\r\n";
    ASSERT_EQ(parser.parse_head(bytes), progress::complete);
    EXPECT_EQ(parser.head(bytes).keeps_alive, GetParam().keeps_alive);
}

INSTANTIATE_TEST_SUITE_P(
    RequestParser,
    RequestParserConnection,
    testing::Values(
        persistence_case{"Http11", "1.1", "", true},
        persistence_case{"Http11Close", "1.1", "close", false},
        persistence_case{"Http11CloseInAList", "1.1", "foo, Close", false},
        persistence_case{"Http10", "1.0", "", false},
        persistence_case{"Http10KeepAlive", "1.0", "keep-alive", true}
    ),
    testing_support::case_name()
);

TEST(RequestParser, KnowsWhoWaitsForA100) {
    const std::string fields = "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    request_parser modern{request_limits{}};
    const std::string bytes = "POST / HTTP/1.1\r\n" + fields;
    ASSERT_EQ(modern.parse_head(bytes), progress::complete);
    EXPECT_TRUE(modern.head(bytes).expects_continue);
    request_parser old{request_limits{}};
    const std::string old_bytes = "POST / HTTP/1.0\r\n" + fields;
    ASSERT_EQ(old.parse_head(old_bytes), progress::complete);
    EXPECT_FALSE(old.head(old_bytes).expects_continue);
}

TEST(RequestParser, TakesTheFirstContentType) {
    request_parser parser{request_limits{}};
    const std::string bytes = "GET / HTTP/1.1\r\nContent-Type: \r\nContent-Type: a/b\r\n"
                              "content-type: c/d\r\n\r\n";
    ASSERT_EQ(parser.parse_head(bytes), progress::complete);
    EXPECT_EQ(parser.head(bytes).content_type, "a/b");
}

struct refused_case {
    std::string name;
    std::string bytes;
    unsigned status;
    std::string reason;
};

class RequestParserRefuses : public testing::TestWithParam<refused_case> {};

TEST_P(RequestParserRefuses, WithStatusAndReason) {
    request_parser parser{small_limits()};
    ASSERT_EQ(parser.parse_head(GetParam().bytes), progress::refused);
    const refusal why = parser.why();
    EXPECT_EQ(why.status, GetParam().status);
    EXPECT_EQ(why.reason, GetParam().reason);
}

std::string with_fields(const std::string& fields) {
    return "POST /validate HTTP/1.1\r\n" + fields + "\r\n";
}

constexpr const char* bad_length = "not an HTTP request: bad Content-Length";
constexpr const char* bad_coding = "not an HTTP request: bad Transfer-Encoding";

INSTANTIATE_TEST_SUITE_P(
    RequestParser,
    RequestParserRefuses,
    testing::Values(
        refused_case{"Tls", "\x16\x03\x01hello\r\n\r\n", 400, "not an HTTP request: bad method"},
        refused_case{
            "NulInField",
            with_fields({"A: a\0b\r\n", 8}),
            400,
            "not an HTTP request: bad value"},
        refused_case{"BareLineFeed", "GET / HTTP/1.1\n\n", 505, "HTTP/1.1 and HTTP/1.0 only"},
        refused_case{
            "SpaceBeforeColon",
            with_fields("Content-Length : 1\r\n"),
            400,
            "not an HTTP request: bad field"},
        refused_case{
            "FoldedField",
            with_fields("A: b\r\n c\r\n"),
            400,
            "not an HTTP request: bad obs-fold"},
        refused_case{"Http99", "GET / HTTP/9.9\r\n\r\n", 505, "HTTP/1.1 and HTTP/1.0 only"},
        refused_case{
            "Http2Preface",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            505,
            "HTTP/1.1 and HTTP/1.0 only"},
        refused_case{"NegativeLength", with_fields("Content-Length: -1\r\n"), 400, bad_length},
        refused_case{"SignedLength", with_fields("Content-Length: +1\r\n"), 400, bad_length},
        refused_case{"LengthInWords", with_fields("Content-Length: ten\r\n"), 400, bad_length},
        refused_case{
            "LengthOfFortyDigits",
            with_fields("Content-Length: " + std::string(40, '9') + "\r\n"),
            400,
            bad_length},
        refused_case{
            "TwoLengths",
            with_fields("Content-Length: 2\r\nContent-Length: 5\r\n"),
            400,
            "not an HTTP request: multiple Content-Length"},
        refused_case{
            "LengthThenChunked",
            with_fields("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"),
            400,
            bad_coding},
        refused_case{
            "ChunkedThenLength",
            with_fields("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n"),
            400,
            bad_length},
        refused_case{
            "OtherCoding",
            with_fields("Transfer-Encoding: gzip\r\n"),
            501,
            "a transfer coding other than chunked"},
        refused_case{
            "TwoCodings",
            with_fields("Transfer-Encoding: gzip, chunked\r\n"),
            501,
            "a transfer coding other than chunked"},
        refused_case{
            "CodingWithParameter",
            with_fields("Transfer-Encoding: chunked;q=1\r\n"),
            501,
            "a transfer coding other than chunked"},
        refused_case{
            "ChunkedTwice",
            with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            400,
            bad_coding},
        refused_case{
            "ChunkedInHttp10",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
            bad_coding},
        refused_case{
            "LengthAboveTheLimit",
            with_fields("Content-Length: 1001\r\n"),
            413,
            "the body is too large"},
        refused_case{
            "OneFieldTooLong",
            with_fields("A: " + std::string(300, 'a') + "\r\n"),
            431,
            "the header is too large"},
        refused_case{
            "LineAndFieldsTooLong",
            "GET /" + std::string(200, 'a') + " HTTP/1.1\r\nA: " + std::string(100, 'b')
                + "\r\n\r\n",
            431,
            "the header is too large"},
        refused_case{
            "TargetTooLong",
            "GET /" + std::string(400, 'a'),
            431,
            "the header is too large"}
    ),
    testing_support::case_name()
);

TEST(RequestParser, AcceptsAHeaderOfExactlyTheLimit) {
    const std::string frame = "GET / HTTP/1.1\r\nA: \r\n\r\n";
    const std::string longest =
        "GET / HTTP/1.1\r\nA: " + std::string(300 - frame.size(), 'a') + "\r\n\r\n";
    ASSERT_EQ(longest.size(), 300U);
    request_parser parser{small_limits()};
    EXPECT_EQ(parser.parse_head(longest), progress::complete);
    request_parser other{small_limits()};
    EXPECT_EQ(other.parse_head(longest.substr(0, 20)), progress::need_more);
    EXPECT_EQ(other.parse_head(longest), progress::complete);
}

// --- chunked bodies

const std::string chunked_head = "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n";

/// Feeds `body` in pieces of `step` bytes; what is not used is offered again, as a session does.
request_parser::decoded feed(request_parser& parser, const std::string& body, std::size_t step) {
    EXPECT_EQ(parser.parse_head(chunked_head), progress::complete);
    std::string window;
    std::size_t all_used = 0;
    for (std::size_t at = 0;; at += step) {
        window += body.substr(std::min(at, body.size()), step);
        auto got = parser.parse_chunks(window);
        window.erase(0, got.used);
        all_used += got.used;
        if (got.what != progress::need_more || at >= body.size()) {
            return {got.what, all_used};
        }
    }
}

class RequestParserChunks : public testing::TestWithParam<std::size_t> {};

TEST_P(RequestParserChunks, AreJoinedHoweverTheyArrive) {
    request_parser parser{small_limits()};
    const std::string body = "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nContent-Type: x/y\r\n\r\n";
    const auto got = feed(parser, body, GetParam());
    EXPECT_EQ(got.what, progress::complete);
    EXPECT_EQ(got.used, body.size());
    EXPECT_EQ(text_of(parser.chunked_body()), "abc0123456789");
    EXPECT_EQ(parser.head(chunked_head).content_type, "") << "trailers mean nothing";
}

TEST_P(RequestParserChunks, MayBeNone) {
    request_parser parser{small_limits()};
    EXPECT_EQ(feed(parser, "0\r\n\r\n", GetParam()).what, progress::complete);
    EXPECT_TRUE(parser.chunked_body().empty());
}

TEST_P(RequestParserChunks, LeaveWhatFollows) {
    request_parser parser{small_limits()};
    ASSERT_EQ(parser.parse_head(chunked_head), progress::complete);
    const auto got = parser.parse_chunks(std::string_view("1\r\na\r\n0\r\n\r\nGET / HTTP/1.1"));
    EXPECT_EQ(got.what, progress::complete);
    EXPECT_EQ(got.used, 11U);
}

TEST_P(RequestParserChunks, AreLimitedInSum) {
    request_parser parser{small_limits()};
    const std::string half = "1F4\r\n" + std::string(500, 'a') + "\r\n";
    const auto got = feed(parser, half + half + "1\r\na\r\n0\r\n\r\n", GetParam());
    EXPECT_EQ(got.what, progress::refused);
    EXPECT_EQ(parser.why().status, 413U);
}

INSTANTIATE_TEST_SUITE_P(
    RequestParser,
    RequestParserChunks,
    testing::Values(1, 2, 3, 7, 10'000),
    [](const auto& one) { return "Step" + std::to_string(one.param); }
);

struct bad_chunk_case {
    std::string name;
    std::string body;
    std::string reason;
};

class RequestParserBadChunks : public testing::TestWithParam<bad_chunk_case> {};

TEST_P(RequestParserBadChunks, AreRefused) {
    request_parser parser{small_limits()};
    EXPECT_EQ(feed(parser, GetParam().body, 10'000).what, progress::refused);
    EXPECT_EQ(parser.why().status, 400U);
    EXPECT_EQ(parser.why().reason, "not an HTTP request: " + GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    RequestParser,
    RequestParserBadChunks,
    testing::Values(
        bad_chunk_case{"NoNumber", "zz\r\n\r\n\r\n", "bad chunk"},
        bad_chunk_case{"NoNumberAndNothingBehind", "zz\r\n", "bad chunk"},
        bad_chunk_case{"Negative", "-1\r\na\r\n", "bad chunk"},
        bad_chunk_case{"LongerThanItSays", "1\r\nabc\r\n0\r\n\r\n", "bad chunk"},
        bad_chunk_case{"SizeOverflows", "FFFFFFFFFFFFFFFFF\r\na\r\n", "bad chunk"},
        bad_chunk_case{"LengthInATrailer", "0\r\nContent-Length: 5\r\n\r\n", "bad Content-Length"}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::server
