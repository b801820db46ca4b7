#include "server/session.h"

#include "tests/support/loopback_server.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using testing_support::echo_of;
using testing_support::ending;
using testing_support::loopback_server;
using testing_support::post_of;
using testing_support::raw_client;
using testing_support::transport;

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

} // namespace
} // namespace gatehouse::server
