// Bodies that go into a sink as they arrive.
#include "server/body_sink.h"
#include "server/http_client.h"
#include "tests/support/scripted_server.h"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace gatehouse::server {
namespace {

using policy::fact;
using policy::failure_cause;
using policy::fetch_failure;
using testing_support::http_answer;
using testing_support::scripted_server;
using testing_support::transport;

using namespace std::chrono_literals;

class collecting_sink final : public body_sink {
  public:
    explicit collecting_sink(std::size_t wanted = SIZE_MAX) : wanted_(wanted) {}

    awaitable<bool> write(std::span<const char> bytes) override {
        taken.append(bytes.data(), bytes.size());
        largest = std::max(largest, bytes.size());
        co_return taken.size() < wanted_;
    }

    std::string taken;
    std::size_t largest = 0;

  private:
    std::size_t wanted_;
};

class HttpClientStream : public testing::Test {
  protected:
    fact<http_response> get(
        const scripted_server& from,
        const std::shared_ptr<body_sink>& into,
        std::size_t most = 10'000'000
    ) {
        http_request asked;
        asked.scheme = url_scheme::http;
        asked.host = "127.0.0.1";
        asked.port = from.port();
        asked.target = "/v2/blob";
        asked.most_body_bytes = most;
        asked.registry = "reg.example";
        asked.body_to = into;
        fact<http_response> out = fetch_failure{};
        asio::co_spawn(
            loop_,
            client_.send(asked, time_.ticks() + 5s),
            [&out](const std::exception_ptr& fault, fact<http_response> answer) {
                EXPECT_EQ(fault, nullptr);
                out = std::move(answer);
            }
        );
        loop_.restart();
        loop_.run_for(20s);
        return out;
    }

    loop loop_{1};
    machine_clock time_;
    http_client client_{loop_, time_, {}};
    std::shared_ptr<collecting_sink> sink_ = std::make_shared<collecting_sink>();
};

std::string pattern(std::size_t size) {
    std::string out(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        out[i] = static_cast<char>('a' + i * i % 26);
    }
    return out;
}

TEST_F(HttpClientStream, HandsOnABodyPieceByPiece) {
    const std::string body = pattern(3'000'000);
    const scripted_server server(
        [&](const std::string&) { return http_answer("200 OK", body); }, transport::plain
    );
    for (int i = 0; i < 2; ++i) {
        sink_ = std::make_shared<collecting_sink>();
        const auto got = get(server, sink_);
        ASSERT_TRUE(std::holds_alternative<http_response>(got));
        EXPECT_EQ(std::get<http_response>(got).status, 200U);
        EXPECT_EQ(std::get<http_response>(got).body, "");
        EXPECT_TRUE(sink_->taken == body);
        EXPECT_LE(sink_->largest, 64U * 1024);
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST_F(HttpClientStream, HandsOnAChunkedBody) {
    const scripted_server server(
        [&](const std::string&) {
            return std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
        },
        transport::plain
    );
    EXPECT_TRUE(std::holds_alternative<http_response>(get(server, sink_)));
    EXPECT_EQ(sink_->taken, "abcdefg");
}

TEST_F(HttpClientStream, HandsOnNoBodyOfAnotherStatus) {
    const scripted_server server(
        [&](const std::string&) {
            return http_answer("307 Temporary Redirect", "elsewhere", "Location: /there\r\n");
        },
        transport::plain
    );
    const auto got = get(server, sink_);
    EXPECT_EQ(std::get<http_response>(got).status, 307U);
    EXPECT_EQ(std::get<http_response>(got).header("location"), "/there");
    EXPECT_EQ(sink_->taken, "");
}

TEST_F(HttpClientStream, StopsWhereNobodyWantsMore) {
    const std::string body = pattern(3'000'000);
    const scripted_server server(
        [&](const std::string&) { return http_answer("200 OK", body); }, transport::plain
    );
    const auto some = std::make_shared<collecting_sink>(100'000);
    EXPECT_EQ(std::get<http_response>(get(server, some)).status, 200U);
    EXPECT_LT(some->taken.size(), 200'000U);
    EXPECT_TRUE(body.starts_with(some->taken));
    // What was not read must not be taken for the next answer.
    EXPECT_EQ(std::get<http_response>(get(server, sink_)).status, 200U);
    EXPECT_TRUE(sink_->taken == body);
    EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClientStream, SaysThatABodyEndedEarly) {
    const scripted_server leaving(
        scripted_server::conversation([](const std::string&, scripted_server::peer& with) {
            with.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            return false;
        }),
        transport::plain
    );
    const auto got = get(leaving, sink_);
    EXPECT_EQ(std::get<fetch_failure>(got).cause, failure_cause::connect);
    EXPECT_EQ(
        std::get<fetch_failure>(got).detail,
        "127.0.0.1 closed the connection before its answer was whole"
    );
}

TEST_F(HttpClientStream, RefusesMoreThanWasAskedFor) {
    const scripted_server told(
        [&](const std::string&) { return http_answer("200 OK", pattern(11)); }, transport::plain
    );
    const auto got = get(told, sink_, 10);
    EXPECT_EQ(std::get<fetch_failure>(got).cause, failure_cause::too_large);
    EXPECT_EQ(std::get<fetch_failure>(got).detail, "127.0.0.1 answered with more than 10 bytes");
    const scripted_server chunked(
        [&](const std::string&) {
            return std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "8\r\nabcdefgh\r\n8\r\nabcdefgh\r\n0\r\n\r\n");
        },
        transport::plain
    );
    EXPECT_EQ(std::get<fetch_failure>(get(chunked, sink_, 10)).cause, failure_cause::too_large);
}

} // namespace
} // namespace gatehouse::server
