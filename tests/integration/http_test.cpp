// Paths, methods, media types, query and framing: who gets a verdict and who gets which refusal.

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/test_server.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/case_name.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

struct refusal_case {
    std::string name;
    http_request request;
    int status;
};

class HttpRefusal : public testing::TestWithParam<refusal_case> {};

TEST_P(HttpRefusal, IsPlainText) {
    const http_response answer = ask(shared_server().port(), GetParam().request);
    EXPECT_EQ(answer.status, GetParam().status);
    EXPECT_EQ(answer.field("content-type"), "text/plain");
    EXPECT_FALSE(answer.body.empty());
}

http_request asking(const std::string& target, const std::string& method = "POST") {
    return {.method = method, .target = target, .body = review_of(good_pod())};
}

http_request of_type(const std::string& type) {
    return {.fields = {{"Content-Type", type}}, .body = review_of(good_pod())};
}

INSTANTIATE_TEST_SUITE_P(
    All,
    HttpRefusal,
    testing::Values(
        refusal_case{"Root", asking("/"), 404},
        refusal_case{"OtherPath", asking("/nope"), 404},
        refusal_case{"LongerPath", asking("/validate/x"), 404},
        refusal_case{"OtherCase", asking("/Validate"), 404},
        refusal_case{"MetricsOnTheWebhook", asking("/metrics", "GET"), 404},
        refusal_case{"Get", {.method = "GET"}, 405},
        refusal_case{"Put", asking("/validate", "PUT"), 405},
        refusal_case{"Delete", {.method = "DELETE"}, 405},
        refusal_case{"Text", of_type("text/plain"), 415},
        refusal_case{"Form", of_type("application/x-www-form-urlencoded"), 415},
        refusal_case{"Yaml", of_type("application/yaml"), 415},
        refusal_case{"AlmostJson", of_type("application/jsonx"), 415}
    ),
    case_name()
);

struct target_case {
    std::string name;
    std::string target;
};

class HttpTarget : public testing::TestWithParam<target_case> {};

TEST_P(HttpTarget, GetsVerdicts) {
    for (const auto& [pod, allowed] : {std::pair(good_pod(), true), std::pair(bad_pod(), false)}) {
        const std::string review = review_of(pod);
        tls_connection connection(shared_server().port());
        const http_response answer =
            connection.exchange({.target = GetParam().target, .body = review});
        EXPECT_EQ(response_in(answer, review).at("allowed"), allowed);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All,
    HttpTarget,
    testing::Values(
        target_case{"NoQuery", "/validate"},
        target_case{"TrailingSlash", "/validate/"},
        target_case{"EmptyQuery", "/validate?"},
        target_case{"Timeout", "/validate?timeout=5s"},
        target_case{"TimeoutEmpty", "/validate?timeout="},
        target_case{"TimeoutZero", "/validate?timeout=0s"},
        target_case{"TimeoutNegative", "/validate?timeout=-5s"},
        target_case{"TimeoutGarbage", "/validate?timeout=abc"},
        target_case{"TimeoutOneMinute", "/validate?timeout=1m"},
        target_case{"TimeoutFraction", "/validate?timeout=1.5s"},
        target_case{"TimeoutHuge", "/validate?timeout=99999999999999999999999999h"},
        target_case{"TimeoutWithoutUnit", "/validate?timeout=10"},
        target_case{"OtherQuery", "/validate?other=1&timeout=3s"}
    ),
    case_name()
);

struct type_case {
    std::string name;
    std::string type;
};

class HttpMediaType : public testing::TestWithParam<type_case> {};

TEST_P(HttpMediaType, IsAccepted) {
    const std::string review = review_of(bad_pod());
    tls_connection connection(shared_server().port());
    const http_response answer =
        connection.exchange({.fields = {{"Content-Type", GetParam().type}}, .body = review});
    EXPECT_EQ(response_in(answer, review).at("allowed"), false);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    HttpMediaType,
    testing::Values(
        type_case{"Plain", "application/json"},
        type_case{"WithParameter", "application/json; charset=utf-8"},
        type_case{"OtherCase", "Application/JSON"},
        type_case{"Absent", ""}
    ),
    case_name()
);

TEST(Http, RefusesAPostWithoutALength) {
    tls_connection connection(shared_server().port());
    const http_response answer = connection.exchange({.fields = {{"Content-Length", ""}}});
    EXPECT_EQ(answer.status, 411);
    EXPECT_EQ(answer.field("content-type"), "text/plain");
}

TEST(Http, AcceptsAChunkedBody) {
    const std::string review = review_of(bad_pod());
    tls_connection connection(shared_server().port());
    connection.send(
        http_request{.fields = {{"Content-Length", ""}, {"Transfer-Encoding", "chunked"}}}.text()
    );
    constexpr std::size_t piece = 100;
    for (std::size_t at = 0; at < review.size(); at += piece) {
        const std::string chunk = review.substr(at, piece);
        std::array<char, 16> size{};
        std::snprintf(size.data(), size.size(), "%zx\r\n", chunk.size());
        connection.send(size.data() + chunk + "\r\n");
    }
    connection.send("0\r\n\r\n");
    EXPECT_EQ(response_in(connection.receive(), review).at("allowed"), false);
}

TEST(Http, ReadsARequestInSingleBytes) {
    const std::string review = review_of(bad_pod());
    tls_connection connection(shared_server().port());
    for (const char byte : http_request{.body = review}.text()) {
        connection.send(std::string_view(&byte, 1));
    }
    EXPECT_EQ(response_in(connection.receive(), review).at("allowed"), false);
}

TEST(Http, AnswersExpectContinue) {
    const std::string review = review_of(bad_pod());
    tls_connection connection(shared_server().port());
    const std::string whole =
        http_request{.fields = {{"Expect", "100-continue"}}, .body = review}.text();
    connection.send(whole.substr(0, whole.size() - review.size()));
    connection.send(review);
    EXPECT_EQ(response_in(connection.receive(), review).at("allowed"), false);
}

TEST(Http, KeepsAConnectionForManyRequests) {
    tls_connection connection(shared_server().port());
    for (int i = 0; i < 300; ++i) {
        const std::string review = review_of(i % 2 == 0 ? bad_pod() : good_pod());
        const http_response answer = connection.exchange({.body = review});
        ASSERT_EQ(response_in(answer, review).at("allowed"), i % 2 != 0);
        ASSERT_FALSE(answer.closes());
    }
}

TEST(Http, ClosesWhereTheClientAsksForIt) {
    const std::string review = review_of(good_pod());
    tls_connection connection(shared_server().port());
    const http_response answer =
        connection.exchange({.fields = {{"Connection", "close"}}, .body = review});
    EXPECT_EQ(response_in(answer, review).at("allowed"), true);
    EXPECT_TRUE(connection.ends_within(seconds(5)));
}

TEST(Http, AnswersTwoRequestsOfOneWriteInOrder) {
    const std::string first = review_builder(good_pod()).with("uid", "first").text();
    const std::string second = review_builder(bad_pod()).with("uid", "second").text();
    tls_connection connection(shared_server().port());
    connection.send(http_request{.body = first}.text() + http_request{.body = second}.text());
    EXPECT_EQ(response_in(connection.receive(), first).at("allowed"), true);
    EXPECT_EQ(response_in(connection.receive(), second).at("allowed"), false);
}

class HttpNonsense : public testing::TestWithParam<target_case> {};

TEST_P(HttpNonsense, IsRefusedAndTheServerGoesOn) {
    try {
        tls_connection connection(shared_server().port());
        connection.send(GetParam().target);
        EXPECT_GE(connection.receive().status, 400);
    } catch (const connection_closed&) {
        // A close without a word is a refusal too.
    }
    EXPECT_EQ(verdict_on(shared_server().port(), review_of(good_pod())).at("allowed"), true);
}

std::string head(const std::string& rest) {
    return "POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
           + rest;
}

INSTANTIATE_TEST_SUITE_P(
    All,
    HttpNonsense,
    testing::Values(
        target_case{"TwoLengths", head("Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}abc")},
        target_case{
            "LengthAndChunks",
            head("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
        target_case{"NegativeLength", head("Content-Length: -1\r\n\r\n")},
        target_case{"LengthInWords", head("Content-Length: ten\r\n\r\n")},
        target_case{"BadChunk", head("Transfer-Encoding: chunked\r\n\r\nzz\r\n")},
        target_case{"UnknownCoding", head("Transfer-Encoding: gzip\r\n\r\nabc")},
        target_case{"NoHttp", std::string("\x16\x03\x01hello\r\n\r\n")},
        target_case{"LongHeader", head("X-A: " + std::string(1 << 20, 'a') + "\r\n\r\n")},
        target_case{"LongPath", "POST /" + std::string(100'000, 'a') + " HTTP/1.1\r\n\r\n"},
        target_case{"NullByteInAHeader", head(std::string("X-A: a\0b\r\n\r\n", 12))}
    ),
    case_name()
);

} // namespace
} // namespace gatehouse::testing_support
