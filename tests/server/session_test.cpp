#include "server/session.h"

#include "tests/support/case_name.h"
#include "tests/support/loopback_server.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing_support::ending;
using testing_support::loopback_server;
using testing_support::post_of;
using testing_support::quick_limits;
using testing_support::raw_client;
using testing_support::transport;

/// What /echo answers to a body of this many times the letter.
std::string echo_of(std::size_t size, char letter = 'a') {
    unsigned sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
        sum = sum * 31 + static_cast<unsigned char>(letter);
    }
    return std::to_string(size) + " " + std::to_string(sum) + "  application/json";
}

listener_options with(const session_limits& limits) {
    listener_options options;
    options.limits = limits;
    return options;
}

/// Everything that does not depend on what lies below is tried over both.
class Session : public testing::TestWithParam<transport> {};

INSTANTIATE_TEST_SUITE_P(
    Over,
    Session,
    testing::Values(transport::plain, transport::tls),
    [](const auto& one) { return one.param == transport::tls ? "Tls" : "Plain"; }
);

TEST_P(Session, AnswersAndKeepsTheConnection) {
    loopback_server server({}, GetParam());
    auto client = server.connect();
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(client.send(post_of("aaa", "/echo?timeout=5s")));
        const auto answer = client.receive();
        ASSERT_TRUE(answer.has_value());
        EXPECT_EQ(answer->status, 200U);
        EXPECT_EQ(answer->body, "3 96321 timeout=5s application/json");
        EXPECT_FALSE(answer->closes());
        EXPECT_EQ(answer->fields.at("date").size(), 29U);
    }
}

TEST_P(Session, ReadsBodiesOfEverySize) {
    loopback_server server({}, GetParam());
    auto client = server.connect();
    // Around the pooled buffer, the TLS record, the first piece of a long body, and beyond a burst.
    for (const std::size_t size :
         {0UL,
          1UL,
          16'000UL,
          16'250UL,
          16'384UL,
          16'385UL,
          65'535UL,
          65'536UL,
          65'537UL,
          200'000UL,
          3'000'000UL}) {
        ASSERT_TRUE(client.send(post_of(std::string(size, 'a'))));
        const auto answer = client.receive();
        ASSERT_TRUE(answer.has_value()) << size;
        EXPECT_EQ(answer->body, echo_of(size));
    }
}

TEST_P(Session, AnswersPipelinedRequestsInOrder) {
    loopback_server server({}, GetParam());
    auto client = server.connect();
    std::string all;
    for (std::size_t size : {1UL, 20'000UL, 2UL, 15'000UL, 3UL}) {
        all += post_of(std::string(size, 'a'));
    }
    ASSERT_TRUE(client.send(all));
    for (std::size_t size : {1UL, 20'000UL, 2UL, 15'000UL, 3UL}) {
        const auto answer = client.receive();
        ASSERT_TRUE(answer.has_value()) << size;
        EXPECT_EQ(answer->body, echo_of(size));
    }
}

TEST_P(Session, ReadsARequestInSingleBytes) {
    loopback_server server({}, GetParam());
    auto client = server.connect();
    for (const char byte : post_of("aaaa")) {
        ASSERT_TRUE(client.send({&byte, 1}));
    }
    EXPECT_EQ(client.receive().value().body, echo_of(4));
}

TEST_P(Session, ReadsChunkedBodies) {
    loopback_server server({}, GetParam());
    auto client = server.connect();
    const std::string head = "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
                             "Content-Type: application/json\r\n\r\n";
    std::string body;
    for (int i = 0; i < 50; ++i) {
        body += "3e8\r\n" + std::string(1000, 'a') + "\r\n";
    }
    ASSERT_TRUE(client.send(head + body + "0\r\n\r\n" + post_of("a")));
    EXPECT_EQ(client.receive().value().body, echo_of(50'000));
    EXPECT_EQ(client.receive().value().body, echo_of(1)) << "what follows is the next request";
}

TEST_P(Session, EndsAnswersThatAreTooLongForOneWrite) {
    loopback_server server({}, GetParam());
    auto client = server.connect();
    ASSERT_TRUE(client.send("GET /big HTTP/1.1\r\n\r\n"));
    const auto answer = client.receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body.size(), 16U * 1024 * 1024 + 1);
    ASSERT_TRUE(client.send(post_of("a")));
    EXPECT_EQ(client.receive().value().body, echo_of(1));
}

TEST_P(Session, ClosesWhereTheClientAsksForIt) {
    loopback_server server({}, GetParam());
    auto client = server.connect();
    ASSERT_TRUE(client.send(post_of("a", "/echo", "Connection: close\r\n")));
    const auto answer = client.receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_TRUE(answer->closes());
    EXPECT_EQ(client.wait_for_end(), ending::clean);
}

TEST_P(Session, ClosesWhereTheHandlerAsksForIt) {
    loopback_server server({}, GetParam());
    auto client = server.connect();
    ASSERT_TRUE(client.send("GET /close HTTP/1.1\r\n\r\n"));
    EXPECT_TRUE(client.receive().value().closes());
    EXPECT_EQ(client.wait_for_end(), ending::clean);
}

TEST_P(Session, HandlersThatWaitDoNotHoldUpOthers) {
    loopback_server server({}, GetParam());
    auto slow = server.connect();
    auto quick = server.connect();
    ASSERT_TRUE(slow.send(post_of(std::string(100'000, 'a'), "/wait")));
    server.await_count(stage::answering, 1);
    ASSERT_TRUE(quick.send(post_of("a")));
    EXPECT_EQ(quick.receive().value().body, echo_of(1));
    server.let_go();
    EXPECT_EQ(slow.receive().value().body, "at last\n");
}

// One event tells of both, and then nothing more comes.
TEST_P(Session, SeesTheEndThatCameWithTheRequest) {
    loopback_server server({}, GetParam());
    auto client = server.connect();
    ASSERT_TRUE(client.send(post_of("a")));
    ASSERT_TRUE(client.receive().has_value());
    server.on_loop([&client] { // so that the server reads nothing before all has arrived
        EXPECT_TRUE(client.send(post_of("aa")));
        client.end_sending();
        return 0;
    });
    const auto answer = client.receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, echo_of(2));
    server.await_empty();
}

TEST_P(Session, ServesEverybodyWhoComesAtOnce) {
    constexpr std::size_t many = 150; // more than the poller takes before the loop has its turn
    loopback_server server({}, GetParam());
    std::vector<std::unique_ptr<raw_client>> clients;
    for (std::size_t i = 0; i < many; ++i) {
        clients.push_back(std::make_unique<raw_client>(server.port(), GetParam()));
    }
    server.await_count(stage::unused, many);
    server.on_loop([&clients] {
        for (const auto& each : clients) {
            EXPECT_TRUE(each->send(post_of("aaa")));
        }
        return 0;
    });
    for (const auto& each : clients) {
        const auto answer = each->receive();
        ASSERT_TRUE(answer.has_value());
        EXPECT_EQ(answer->body, echo_of(3));
    }
}

TEST_P(Session, ABugEndsOnlyItsConnection) {
    loopback_server server({}, GetParam());
    auto unlucky = server.connect();
    auto other = server.connect();
    ASSERT_TRUE(unlucky.send(post_of("a", "/throw")));
    EXPECT_EQ(unlucky.receive(), std::nullopt);
    server.await_count(stage::unused, 1);
    EXPECT_EQ(server.faults(), std::vector<std::string>{"a connection ended: a bug"});
    ASSERT_TRUE(other.send(post_of("a")));
    EXPECT_EQ(other.receive().value().body, echo_of(1));
}

TEST_P(Session, ClientsMayVanishAtAnyByte) {
    loopback_server server({}, GetParam());
    const std::string whole = post_of(std::string(300, 'a'));
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        auto client = server.connect();
        ASSERT_TRUE(client.send(std::string_view(whole).substr(0, size)));
        if (size % 2 == 0) {
            client.reset();
        }
    }
    server.await_empty();
    EXPECT_TRUE(server.faults().empty());
}

// --- HTTP

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

// --- time

TEST(SessionTime, EndsAConnectionWithoutAHandshake) {
    session_limits limits = quick_limits();
    limits.handshake = 50ms;
    loopback_server server(with(limits), transport::tls);
    testing_support::raw_client mute(server.port());
    EXPECT_NE(mute.wait_for_end(), ending::none);
}

TEST(SessionTime, EndsAnIdleConnectionCleanly) {
    session_limits limits = quick_limits();
    limits.idle = 50ms;
    loopback_server server(with(limits), transport::tls);
    auto unused = server.connect();
    EXPECT_EQ(unused.wait_for_end(), ending::clean);
    auto used = server.connect();
    ASSERT_TRUE(used.send(post_of("a")));
    EXPECT_EQ(used.receive().value().status, 200U);
    EXPECT_EQ(used.wait_for_end(), ending::clean);
}

TEST(SessionTime, EndsASlowHeader) {
    session_limits limits = quick_limits();
    limits.header = 50ms;
    loopback_server server(with(limits));
    auto client = server.connect();
    ASSERT_TRUE(client.send("POST /ec"));
    const auto answer = client.receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 408U);
    EXPECT_TRUE(answer->closes());
    client.end_sending();
    EXPECT_EQ(client.wait_for_end(), ending::clean);
}

TEST(SessionTime, DoesNotExtendTheHeaderByteByByte) {
    session_limits limits = quick_limits();
    limits.header = 100ms;
    loopback_server server(with(limits));
    auto client = server.connect();
    const auto begun = steady::now();
    while (client.send("A") && steady::now() - begun < 4s && server.count(stage::leaving) == 0) {
    }
    EXPECT_LT(steady::now() - begun, 3s);
    EXPECT_EQ(client.receive().value().status, 408U);
}

class SlowBody : public testing::TestWithParam<exchange_case> {};

TEST_P(SlowBody, IsEnded) {
    session_limits limits = quick_limits();
    limits.body = 50ms;
    loopback_server server(with(limits));
    auto client = server.connect();
    ASSERT_TRUE(client.send(GetParam().request));
    const auto answer = client.receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 408U);
    EXPECT_EQ(answer->body, "the request did not arrive in time\n");
}

INSTANTIATE_TEST_SUITE_P(
    SessionTime,
    SlowBody,
    testing::Values(
        exchange_case{"InPlace", "POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\na", 408, true},
        exchange_case{"Apart", "POST /echo HTTP/1.1\r\nContent-Length: 500000\r\n\r\na", 408, true},
        exchange_case{
            "Chunked",
            "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
            408,
            true}
    ),
    testing_support::case_name()
);

TEST(SessionTime, GivesALargeBodyMore) {
    session_limits limits = quick_limits();
    limits.body = 1ms;
    limits.body_per_mib = 60'000ms;
    loopback_server server(with(limits));
    auto client = server.connect();
    const std::string whole = post_of(std::string(2'000'000, 'a'));
    ASSERT_TRUE(client.send(whole.substr(0, 1'000'000)));
    server.await_count(stage::receiving, 1);
    // Two ticks at least have passed when a second connection has been ended by one.
    session_limits other = limits;
    other.idle = 10ms;
    loopback_server clock(with(other));
    EXPECT_EQ(clock.connect().wait_for_end(), ending::clean);
    ASSERT_TRUE(client.send(whole.substr(1'000'000)));
    EXPECT_EQ(client.receive().value().body, echo_of(2'000'000));
}

TEST(SessionTime, EndsWhoDoesNotRead) {
    session_limits limits = quick_limits();
    limits.write = 50ms;
    limits.goodbye = 50ms;
    loopback_server server(with(limits));
    auto client = server.connect();
    ASSERT_TRUE(client.send("GET /big HTTP/1.1\r\n\r\n"));
    server.await_count(stage::answering, 1);
    server.await_empty();
}

TEST(SessionTime, DoesNotLimitARunningHandler) {
    session_limits limits = quick_limits();
    limits.header = limits.body = limits.write = limits.idle = 20ms;
    loopback_server server(with(limits));
    auto waiting = server.connect();
    ASSERT_TRUE(waiting.send(post_of("a", "/wait")));
    auto idle = server.connect();
    EXPECT_EQ(idle.wait_for_end(), ending::clean);
    EXPECT_EQ(server.count(stage::answering), 1U);
    server.let_go();
    EXPECT_EQ(waiting.receive().value().status, 200U);
}

TEST(SessionTime, DoesNotWaitForeverForAFarewell) {
    session_limits limits = quick_limits();
    limits.goodbye = 50ms;
    loopback_server server(with(limits));
    auto client = server.connect();
    ASSERT_TRUE(client.send("nonsense\r\n\r\n"));
    EXPECT_EQ(client.receive().value().status, 400U);
    server.await_empty(); // although the client never closes
}

} // namespace
} // namespace gatehouse::server
