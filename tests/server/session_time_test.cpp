// The time limits of a session.
#include "server/session.h"
#include "tests/support/case_name.h"
#include "tests/support/loopback_server.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing_support::echo_of;
using testing_support::ending;
using testing_support::loopback_server;
using testing_support::post_of;
using testing_support::quick_limits;
using testing_support::raw_client;
using testing_support::transport;

listener_options with(const session_limits& limits) {
    listener_options options;
    options.limits = limits;
    return options;
}

TEST(SessionTime, EndsAConnectionWithoutAHandshake) {
    session_limits limits = quick_limits();
    limits.handshake = 50ms;
    loopback_server server(with(limits), transport::tls);
    raw_client mute(server.port());
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

struct slow_body {
    std::string name;
    std::string request;
};

class SlowBody : public testing::TestWithParam<slow_body> {};

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
        slow_body{"InPlace", "POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\na"},
        slow_body{"Apart", "POST /echo HTTP/1.1\r\nContent-Length: 500000\r\n\r\na"},
        slow_body{"Chunked", "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na"}
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
