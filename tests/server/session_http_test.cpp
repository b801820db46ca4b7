// What a session makes of requests, well formed or not, and when it closes.
#include "server/session.h"
#include "tests/support/case_name.h"
#include "tests/support/loopback_server.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using testing_support::echo_of;
using testing_support::ending;
using testing_support::loopback_server;
using testing_support::post_of;
using testing_support::transport;

struct exchange_case {
    std::string name;
    std::string request;
    unsigned status;
    bool closes;
};

class SessionAnswers : public testing::TestWithParam<exchange_case> {};

TEST_P(SessionAnswers, WithStatus) {
    loopback_server server;
    auto client = server.connect();
    ASSERT_TRUE(client.send(GetParam().request));
    const auto answer = client.receive(GetParam().request.starts_with("HEAD"));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, GetParam().status);
    EXPECT_EQ(answer->closes(), GetParam().closes);
    EXPECT_EQ(answer->fields.at("content-type"), "text/plain");
    if (GetParam().closes) {
        EXPECT_EQ(client.wait_for_end(), ending::clean);
        return;
    }
    ASSERT_TRUE(client.send(post_of("a")));
    EXPECT_EQ(client.receive().value().body, echo_of(1));
}

INSTANTIATE_TEST_SUITE_P(
    KeepsTheConnection,
    SessionAnswers,
    testing::Values(
        exchange_case{"Get", "GET /look HTTP/1.1\r\n\r\n", 200, false},
        exchange_case{"Head", "HEAD /look HTTP/1.1\r\n\r\n", 200, false},
        exchange_case{"UnknownPath", "GET /nope HTTP/1.1\r\n\r\n", 404, false},
        exchange_case{"UnknownPathWithABody", post_of("aaa", "/nope"), 404, false},
        exchange_case{"WrongMethod", "GET /echo HTTP/1.1\r\n\r\n", 405, false},
        exchange_case{
            "Http10KeepAlive",
            "GET /look HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            200,
            false}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Closes,
    SessionAnswers,
    testing::Values(
        exchange_case{"Http10", "POST /echo HTTP/1.0\r\nContent-Length: 1\r\n\r\na", 200, true},
        exchange_case{
            "UnknownPathWithAComingBody",
            "POST /nope HTTP/1.1\r\nContent-Length: 9\r\n\r\naa",
            404,
            true},
        exchange_case{"NoLength", "POST /echo HTTP/1.1\r\n\r\n", 411, true},
        exchange_case{
            "AboveTheLimit",
            "POST /echo HTTP/1.1\r\nContent-Length: 33554433\r\n\r\n",
            413,
            true},
        exchange_case{
            "AboveTheLimitByFar",
            "POST /echo HTTP/1.1\r\nContent-Length: 1099511627776\r\n\r\n",
            413,
            true},
        exchange_case{
            "AboveTheLimitInAChunk",
            "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2000001\r\n",
            413,
            true},
        exchange_case{
            "LongHeader",
            "GET /look HTTP/1.1\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n",
            431,
            true},
        exchange_case{"Garbage", "\x16\x03\x01 hello\r\n\r\n", 400, true},
        exchange_case{"OtherVersion", "GET /look HTTP/3.0\r\n\r\n", 505, true},
        exchange_case{
            "BothLengths",
            "POST /echo HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: "
            "chunked\r\n\r\n0\r\n\r\n",
            400,
            true},
        exchange_case{
            "OtherCoding",
            "POST /echo HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
            501,
            true},
        exchange_case{
            "BadChunk",
            "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
            400,
            true},
        exchange_case{
            "LongChunkHeader",
            "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;"
                + std::string(20'000, 'a'),
            400,
            true}
    ),
    testing_support::case_name()
);

TEST(SessionHttp, AcceptsALongHeaderBelowTheLimit) {
    loopback_server server;
    auto client = server.connect();
    ASSERT_TRUE(client.send(
        post_of(std::string(30'000, 'a'), "/echo", "A: " + std::string(60'000, 'a') + "\r\n")
    ));
    EXPECT_EQ(client.receive().value().body, echo_of(30'000));
}

TEST(SessionHttp, NamesWhatIsAllowed) {
    loopback_server server;
    auto client = server.connect();
    ASSERT_TRUE(client.send("DELETE /echo HTTP/1.1\r\n\r\n"));
    EXPECT_EQ(client.receive().value().fields.at("allow"), "POST");
}

TEST(SessionHttp, SaysThatABodyMayCome) {
    loopback_server server;
    auto client = server.connect();
    const std::string whole = post_of("aaa", "/echo", "Expect: 100-continue\r\n");
    ASSERT_TRUE(client.send(whole.substr(0, whole.size() - 3)));
    EXPECT_EQ(client.receive().value().status, 100U);
    ASSERT_TRUE(client.send("aaa"));
    EXPECT_EQ(client.receive().value().body, echo_of(3));
}

TEST(SessionHttp, DoesNotInviteABodyThatItRefuses) {
    loopback_server server;
    auto client = server.connect();
    ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nExpect: 100-continue\r\n"
                            "Content-Length: 99999999\r\n\r\n"));
    EXPECT_EQ(client.receive().value().status, 413U);
}

TEST(SessionHttp, AnswersTheRequestBeforeGarbage) {
    loopback_server server;
    auto client = server.connect();
    ASSERT_TRUE(client.send(post_of("a") + std::string("\0\1 garbage\r\n\r\n", 14)));
    EXPECT_EQ(client.receive().value().status, 200U);
    const auto second = client.receive();
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->status, 400U);
    EXPECT_EQ(client.wait_for_end(), ending::clean);
}

TEST(SessionHttp, ARefusalReachesWhoIsStillSending) {
    loopback_server server;
    auto client = server.connect();
    // Twenty times what the sockets hold: the client writes on long after the answer was given.
    client.send(
        "POST /echo HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n" + std::string(20'000'000, 'a')
    );
    const auto answer = client.receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 413U);
}

TEST(SessionHttp, ShedsWhatTheBudgetCannotHold) {
    loopback_server server({}, transport::plain, 100'000);
    auto first = server.connect();
    auto second = server.connect();
    ASSERT_TRUE(first.send(post_of(std::string(90'000, 'a'), "/wait")));
    server.await_count(stage::answering, 1);
    ASSERT_TRUE(second.send(post_of(std::string(30'000, 'a'), "/echo?timeout=10s")));
    const auto busy = second.receive();
    ASSERT_TRUE(busy.has_value());
    EXPECT_EQ(busy->status, 503U);
    EXPECT_EQ(busy->body, "too many bytes in flight\n");
    EXPECT_EQ(busy->fields.at("retry-after"), "1");
    EXPECT_EQ(server.on_loop([&] { return server.budget().shed_requests(); }), 1U);

    auto hasty = server.connect();
    ASSERT_TRUE(hasty.send(post_of(std::string(30'000, 'a'), "/echo?timeout=2s")));
    EXPECT_EQ(hasty.receive().value().fields.count("retry-after"), 0U) << "no time for another";

    auto small = server.connect();
    ASSERT_TRUE(small.send(post_of(std::string(3'000, 'a'))));
    EXPECT_EQ(small.receive().value().body, echo_of(3'000)) << "needs no memory of its own";

    server.let_go();
    EXPECT_EQ(first.receive().value().status, 200U);
    auto later = server.connect();
    ASSERT_TRUE(later.send(post_of(std::string(30'000, 'a'))));
    EXPECT_EQ(later.receive().value().body, echo_of(30'000)) << "the bytes were given back";
}

TEST(SessionHttp, ShedsChunkedBodiesAsWell) {
    loopback_server server({}, transport::plain, 10'000);
    auto client = server.connect();
    ASSERT_TRUE(client.send(
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4e20\r\n"
        + std::string(20'000, 'a') + "\r\n0\r\n\r\n"
    ));
    EXPECT_EQ(client.receive().value().status, 503U);
}

} // namespace
} // namespace gatehouse::server
