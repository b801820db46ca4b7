#include "server/http_client.h"

#include "tests/support/http_client_fixture.h"
#include "tests/support/scripted_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace gatehouse::server {
namespace {

using policy::fact;
using policy::failure_cause;
using policy::fetch_failure;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using testing_support::http_answer;
using testing_support::http_client_fixture;
using testing_support::scripted_server;
using testing_support::transport;

using namespace std::chrono_literals;

class HttpClient : public http_client_fixture {};

TEST_F(HttpClient, SendsARequestAndReadsItsAnswer) {
    const scripted_server server(
        [](const std::string&) { return http_answer("200 OK", "{}", "X-Two: a\r\nX-Two: b\r\n"); },
        transport::plain
    );
    http_request request = get(server.port());
    request.headers = {{"Accept", "application/json"}};
    const http_response answer = answer_to(request);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "{}");
    EXPECT_EQ(answer.header("content-length"), "2");
    EXPECT_EQ(answer.header("x-two"), "a");
    EXPECT_THAT(
        server.requests(),
        ElementsAre(testing::AllOf(
            StartsWith("GET /v2/ HTTP/1.1\r\n"),
            HasSubstr("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"),
            HasSubstr("Accept-Encoding: identity\r\n"),
            HasSubstr("Accept: application/json\r\n")
        ))
    );
}

TEST_F(HttpClient, KeepsConnectionsForTheNextExchange) {
    const scripted_server server(
        [](const std::string&) { return http_answer("200 OK", "x"); }, transport::plain
    );
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(answer_to(get(server.port())).status, 200U);
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST_F(HttpClient, OpensAnotherConnectionWhereAKeptOneWasClosed) {
    std::atomic<int> answered{0};
    const scripted_server server(
        [&](const std::string&) -> std::string {
            return ++answered == 2 ? "" : http_answer("200 OK", "x");
        },
        transport::plain
    );
    EXPECT_EQ(answer_to(get(server.port())).status, 200U);
    EXPECT_EQ(answer_to(get(server.port())).status, 200U);
    EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClient, ReadsNoBodyBehindAHead) {
    const scripted_server server(
        [](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"; },
        transport::plain
    );
    http_request request = get(server.port());
    request.method = "HEAD";
    const http_response answer = answer_to(request);
    EXPECT_EQ(answer.header("content-length"), "99999");
    EXPECT_EQ(answer.body, "");
}

struct bad_answer {
    std::string name;
    std::string bytes;
    failure_cause cause;
    std::string detail;
};

class HttpClientBadAnswer : public HttpClient, public testing::WithParamInterface<bad_answer> {};

TEST_P(HttpClientBadAnswer, IsAFailureThatSaysWhy) {
    const scripted_server server(
        [](const std::string&) { return GetParam().bytes; }, transport::plain
    );
    const fetch_failure failure = failure_of(get(server.port()));
    EXPECT_EQ(failure.cause, GetParam().cause);
    EXPECT_THAT(failure.detail, HasSubstr(GetParam().detail));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    HttpClientBadAnswer,
    testing::Values(
        bad_answer{
            "TooLongByItsLength",
            http_answer("200 OK", std::string(1001, 'x')),
            failure_cause::too_large,
            "127.0.0.1 answered with more than 1000 bytes"},
        bad_answer{
            "TooLongInChunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + std::string(1024, 'x')
                + "\r\n0\r\n\r\n",
            failure_cause::too_large,
            "127.0.0.1 answered with more than 1000 bytes"},
        bad_answer{
            "EndsEarly",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc",
            failure_cause::connect,
            "127.0.0.1 closed the connection before its answer was whole"},
        bad_answer{
            "Silence",
            "",
            failure_cause::connect,
            "127.0.0.1 closed the connection before its answer was whole"},
        bad_answer{
            "NoHttp",
            "SSH-2.0-OpenSSH_9.2 and more of it\r\n\r\n",
            failure_cause::malformed,
            "127.0.0.1 answered with what is no HTTP"},
        bad_answer{
            "EndlessHeaders",
            "HTTP/1.1 200 OK\r\nX: " + std::string(70000, 'x') + "\r\n\r\n",
            failure_cause::too_large,
            "127.0.0.1 answered with endless headers"}
    ),
    [](const auto& one) { return one.param.name; }
);

TEST_F(HttpClient, GivesUpAtItsDeadline) {
    const scripted_server server([](const std::string&) { return std::nullopt; }, transport::plain);
    const fetch_failure failure = failure_of(get(server.port()), 100ms);
    EXPECT_EQ(failure.cause, failure_cause::timeout);
    EXPECT_EQ(failure.detail, "127.0.0.1 did not answer in time");
}

TEST_F(HttpClient, ADripOfBytesDoesNotMoveItsDeadline) {
    std::atomic<int> sent{0};
    const scripted_server server(
        [&](const std::string&, scripted_server::peer& with) {
            with.write("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");
            while (!with.leaves_within(5ms) && with.write("x")) {
                ++sent;
            }
            return false;
        },
        transport::plain
    );
    const auto begun = steady::now();
    const fetch_failure failure = failure_of(get(server.port()), 200ms);
    EXPECT_EQ(failure.cause, failure_cause::timeout);
    EXPECT_EQ(failure.detail, "127.0.0.1 did not answer in time");
    EXPECT_LT(steady::now() - begun, 3s);
    EXPECT_GT(sent, 1);
}

TEST_F(HttpClient, ReadsNoMoreOfEndlessChunksThanItMay) {
    const scripted_server server(
        [](const std::string&, scripted_server::peer& with) {
            with.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (with.write("10\r\n0123456789abcdef\r\n")) {
            }
            return false;
        },
        transport::plain
    );
    const fetch_failure failure = failure_of(get(server.port()));
    EXPECT_EQ(failure.cause, failure_cause::too_large);
    EXPECT_EQ(failure.detail, "127.0.0.1 answered with more than 1000 bytes");
}

TEST_F(HttpClient, ReadsNothingOfABodyThatIsAnnouncedTooLarge) {
    const scripted_server server(
        [](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n"; },
        transport::plain
    );
    const fetch_failure failure = failure_of(get(server.port()));
    EXPECT_EQ(failure.cause, failure_cause::too_large);
    EXPECT_EQ(failure.detail, "127.0.0.1 answered with more than 1000 bytes");
}

TEST_F(HttpClient, TellsARefusedConnection) {
    std::uint16_t port = 0;
    {
        const scripted_server gone([](const std::string&) { return ""; }, transport::plain);
        port = gone.port();
    }
    const fetch_failure failure = failure_of(get(port));
    EXPECT_EQ(failure.cause, failure_cause::connect);
    EXPECT_EQ(
        failure.detail,
        "no connection to 127.0.0.1 (127.0.0.1:" + std::to_string(port) + "): Connection refused"
    );
}

TEST_F(HttpClient, AsksNoPrivateAddressOfAnUnlistedHost) {
    const scripted_server server(
        [](const std::string&) { return http_answer("200 OK", ""); }, transport::plain
    );
    for (const std::string host : {"127.0.0.1", "localhost", "169.254.169.254"}) {
        http_request request = get(server.port());
        request.host = host;
        request.registry = "";
        const fetch_failure failure = failure_of(request);
        EXPECT_EQ(failure.cause, failure_cause::forbidden_address) << host;
        EXPECT_EQ(
            failure.detail,
            host
                + " is at a private address, which is asked only for registries listed in the "
                  "ServerConfiguration"
        );
    }
    EXPECT_EQ(server.connections(), 0U);
}

TEST_F(HttpClient, SaysThatANameDoesNotExist) {
    http_request request = get(1);
    request.host = "gatehouse-test.invalid";
    EXPECT_EQ(failure_of(request).cause, failure_cause::dns);
}

TEST_F(HttpClient, HoldsOneHostToItsShareOfConversations) {
    constexpr int share = exchange_bounds.of_a_host;
    std::mutex lock;
    std::condition_variable changed;
    int at_once = 0;
    int most = 0;
    const scripted_server server(
        [&](const std::string&) {
            std::unique_lock hold(lock);
            most = std::max(most, ++at_once);
            changed.notify_all();
            // Nobody is answered before so many have asked: one more would be seen here.
            changed.wait_for(hold, 5s, [&] { return most >= share; });
            --at_once;
            return http_answer("200 OK", "x");
        },
        transport::plain
    );
    const auto answers = send_all(std::vector<http_request>(100, get(server.port())), 15s);
    for (const auto& one : answers) {
        EXPECT_TRUE(std::holds_alternative<http_response>(one));
    }
    EXPECT_EQ(most, share);
    EXPECT_EQ(server.connections(), exchange_bounds.of_a_host);
}

TEST_F(HttpClient, RefusesWhatItsQueueCannotHold) {
    const scripted_server server([](const std::string&) { return std::nullopt; }, transport::plain);
    constexpr std::size_t held = exchange_bounds.of_a_host + exchange_bounds.queue;
    const auto answers = send_all(std::vector<http_request>(held + 3, get(server.port())), 500ms);
    std::size_t refused = 0;
    for (const auto& one : answers) {
        const auto& failure = std::get<fetch_failure>(one);
        refused += failure.cause == failure_cause::too_many_lookups ? 1 : 0;
    }
    EXPECT_EQ(refused, 3U);
}

TEST_F(HttpClient, SaysThatTheProxyRefusesTheWay) {
    const scripted_server proxy(
        [](const std::string&) { return "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"; },
        transport::plain
    );
    client_.use(
        {.authorities = {},
         .proxy =
             policy::proxy_settings{
                 .https = "http://127.0.0.1:" + std::to_string(proxy.port()), .no_proxy = {".svc"}}}
    );
    http_request request = get(443, url_scheme::https);
    request.host = "registry.example";
    const fetch_failure failure = failure_of(request);
    EXPECT_EQ(failure.cause, failure_cause::connect);
    EXPECT_EQ(failure.detail, "the proxy refused the way to registry.example with HTTP 403");
    EXPECT_THAT(
        proxy.requests(), ElementsAre(StartsWith("CONNECT registry.example:443 HTTP/1.1\r\n"))
    );
}

} // namespace
} // namespace gatehouse::server
