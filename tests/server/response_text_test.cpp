#include "server/response_text.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;

response json_answer() {
    response what;
    what.status = 200;
    what.content_type = "application/json";
    what.body = "{}";
    return what;
}

TEST(ResponseText, IsHeaderAndBodyInOnePiece) {
    std::string text = "before;";
    append_response(text, json_answer(), persistence::silent, payload::with_body, "Date: x\r\n");
    EXPECT_EQ(
        text,
        "before;HTTP/1.1 200 OK\r\nDate: x\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n{}"
    );
}

TEST(ResponseText, SaysWhatBecomesOfTheConnection) {
    std::string closing;
    append_response(closing, json_answer(), persistence::close, payload::with_body, "");
    EXPECT_NE(closing.find("\r\nConnection: close\r\n"), std::string::npos);
    std::string kept;
    append_response(kept, json_answer(), persistence::keep_alive, payload::with_body, "");
    EXPECT_NE(kept.find("\r\nConnection: keep-alive\r\n"), std::string::npos);
}

TEST(ResponseText, KeepsTheLengthButNotTheBodyForHead) {
    std::string text;
    append_response(text, json_answer(), persistence::silent, payload::header_only, "");
    EXPECT_EQ(
        text, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    );
}

TEST(ResponseText, CarriesTheExtraField) {
    response what = plain_text(503, "busy");
    what.extra = {"Retry-After", "1"};
    std::string text;
    append_response(text, what, persistence::close, payload::with_body, "");
    EXPECT_EQ(
        text,
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
        "Connection: close\r\nRetry-After: 1\r\n\r\nbusy\n"
    );
}

struct status_case {
    std::string name;
    unsigned status;
    std::string line;
};

class ResponseStatus : public testing::TestWithParam<status_case> {};

TEST_P(ResponseStatus, HasItsLine) {
    std::string text;
    append_response(
        text, plain_text(GetParam().status, ""), persistence::silent, payload::header_only, ""
    );
    EXPECT_EQ(text.substr(0, text.find("\r\n")), GetParam().line);
}

INSTANTIATE_TEST_SUITE_P(
    ResponseText,
    ResponseStatus,
    testing::Values(
        status_case{"BadRequest", 400, "HTTP/1.1 400 Bad Request"},
        status_case{"NotFound", 404, "HTTP/1.1 404 Not Found"},
        status_case{"MethodNotAllowed", 405, "HTTP/1.1 405 Method Not Allowed"},
        status_case{"Timeout", 408, "HTTP/1.1 408 Request Timeout"},
        status_case{"LengthRequired", 411, "HTTP/1.1 411 Length Required"},
        status_case{"TooLarge", 413, "HTTP/1.1 413 Content Too Large"},
        status_case{"MediaType", 415, "HTTP/1.1 415 Unsupported Media Type"},
        status_case{"HeaderTooLarge", 431, "HTTP/1.1 431 Request Header Fields Too Large"},
        status_case{"Internal", 500, "HTTP/1.1 500 Internal Server Error"},
        status_case{"NotImplemented", 501, "HTTP/1.1 501 Not Implemented"},
        status_case{"Version", 505, "HTTP/1.1 505 HTTP Version Not Supported"},
        status_case{"UnknownIsAnError", 299, "HTTP/1.1 500 Internal Server Error"}
    ),
    testing_support::case_name()
);

TEST(DateField, IsRenderedAsRfc9110Says) {
    EXPECT_EQ(
        date_field::rendered(std::chrono::sys_seconds(784'111'777s)),
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    );
    EXPECT_EQ(
        date_field::rendered(std::chrono::sys_seconds(1'709'164'800s)),
        "Date: Thu, 29 Feb 2024 00:00:00 GMT\r\n"
    );
}

TEST(DateField, IsRenderedOnceASecond) {
    date_field date;
    const steady::time_point start{1h};
    const auto* const first = date.at(start).data();
    const std::string text(date.at(start + 999ms));
    EXPECT_EQ(date.at(start + 999ms).data(), first);
    EXPECT_EQ(text.size(), 37U);
}

} // namespace
} // namespace gatehouse::server
