// What a connection that was kept may be used for, and what keeps two exchanges on it apart.
#include "server/http_client.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_certs.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <thread>

namespace gatehouse::server {
namespace {

using policy::fact;
using policy::failure_cause;
using policy::fetch_failure;
using testing::IsEmpty;
using testing_support::http_answer;
using testing_support::scripted_server;
using testing_support::transport;

using namespace std::chrono_literals;

http_request get(std::uint16_t port, const std::string& target = "/v2/") {
    http_request out;
    out.scheme = url_scheme::http;
    out.host = "127.0.0.1";
    out.port = port;
    out.target = target;
    out.most_body_bytes = 1000;
    out.registry = "reg.example";
    return out;
}

/// Answers "one" on its first connection, then does as it is told with it, then answers "two" on another.
class two_connections {
  public:
    using deed = std::function<void(tcp::socket&)>;

    explicit two_connections(deed then) : then_(std::move(then)), thread_([this] { serve(); }) {}
    two_connections(const two_connections&) = delete;
    two_connections& operator=(const two_connections&) = delete;
    ~two_connections() {
        error_code ignored;
        tcp::socket unblocks(loop_);
        unblocks.connect(acceptor_.local_endpoint(), ignored);
        unblocks.close(ignored);
        thread_.join();
    }
    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    /// To be called when the client has its first answer; returns when the deed is done.
    void go_on() {
        may_act_.set_value();
        has_acted_.get_future().wait();
    }

  private:
    void answer(tcp::socket& over, const std::string& body) {
        std::array<char, 4096> request{};
        error_code ignored;
        over.read_some(asio::buffer(request), ignored);
        asio::write(over, asio::buffer(http_answer("200 OK", body)), ignored);
    }
    void serve() {
        tcp::socket first = acceptor_.accept();
        answer(first, "one");
        may_act_.get_future().wait();
        then_(first);
        has_acted_.set_value();
        tcp::socket second = acceptor_.accept();
        answer(second, "two");
    }

    deed then_;
    loop loop_{1};
    tcp::acceptor acceptor_{loop_, {asio::ip::address_v4::loopback(), 0}};
    std::promise<void> may_act_;
    std::promise<void> has_acted_;
    std::thread thread_;
};

class HttpClientKept : public testing::Test {
  protected:
    fact<http_response> send(const http_request& request) {
        fact<http_response> out = fetch_failure{};
        asio::co_spawn(
            loop_,
            client_.send(request, time_.ticks() + 5s),
            [&out](const std::exception_ptr& fault, fact<http_response> answer) {
                EXPECT_EQ(fault, nullptr);
                out = std::move(answer);
            }
        );
        loop_.restart();
        loop_.run_for(20s);
        return out;
    }
    std::string body_of(const http_request& request) {
        const fact<http_response> out = send(request);
        const auto* failure = std::get_if<fetch_failure>(&out);
        return failure != nullptr ? failure->detail : std::get<http_response>(out).body;
    }

    loop loop_{1};
    machine_clock time_;
    http_client client_{loop_, time_, {}};
};

TEST_F(HttpClientKept, IsNotUsedWhenSomethingUnaskedHasCome) {
    two_connections server([](tcp::socket& over) {
        asio::write(over, asio::buffer(http_answer("200 OK", "nobody asked")));
    });
    EXPECT_EQ(body_of(get(server.port())), "one");
    server.go_on();
    EXPECT_EQ(body_of(get(server.port())), "two");
}

TEST_F(HttpClientKept, IsNotUsedForAPostWhenTheServerHasClosedIt) {
    two_connections server([](tcp::socket& over) { over.close(); });
    EXPECT_EQ(body_of(get(server.port())), "one");
    server.go_on();
    http_request post = get(server.port());
    post.method = "POST";
    post.body = "grant_type=refresh_token";
    EXPECT_EQ(body_of(post), "two");
}

TEST_F(HttpClientKept, IsNotUsedUnderSettingsItWasNotMadeBy) {
    const auto authority = testing_support::make_authority("registry CA");
    const auto other = testing_support::make_authority("another CA");
    std::promise<void> asked;
    std::promise<void> changed;
    std::atomic<int> requests{0};
    const scripted_server server(
        [&](const std::string&) {
            if (++requests == 1) {
                asked.set_value();
                changed.get_future().wait();
            }
            return http_answer("200 OK", "x");
        },
        transport::tls,
        testing_support::make_leaf(authority, time_.now())
    );
    client_.use({.authorities = {{"reg.example", authority.certificate}}, .proxy = std::nullopt});
    std::thread reload([&] {
        asked.get_future().wait();
        asio::post(loop_, [&] {
            client_.use({.authorities = {{"reg.example", other.certificate}}, .proxy = std::nullopt}
            );
            changed.set_value();
        });
    });
    http_request request = get(server.port());
    request.scheme = url_scheme::https;
    EXPECT_EQ(body_of(request), "x");
    reload.join();
    const auto after = send(request);
    ASSERT_TRUE(std::holds_alternative<fetch_failure>(after));
    EXPECT_EQ(std::get<fetch_failure>(after).cause, failure_cause::bad_certificate);
}

TEST_F(HttpClientKept, InterimAnswersAreNotTheAnswer) {
    const scripted_server server(
        [](const std::string& request) {
            return "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                   + http_answer("200 OK", request.substr(4, 2));
        },
        transport::plain
    );
    EXPECT_EQ(body_of(get(server.port(), "/a")), "/a");
    EXPECT_EQ(body_of(get(server.port(), "/b")), "/b");
    EXPECT_EQ(server.connections(), 1U);
}

TEST_F(HttpClientKept, InterimAnswersWithoutEndAreMalformed) {
    std::string all;
    for (int i = 0; i < 9; ++i) {
        all += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    for (const std::string& bytes : {all, std::string("HTTP/1.1 101 Switching\r\n\r\n")}) {
        const scripted_server server([&](const std::string&) { return bytes; }, transport::plain);
        const auto failure = std::get<fetch_failure>(send(get(server.port())));
        EXPECT_EQ(failure.cause, failure_cause::malformed);
        EXPECT_EQ(failure.detail, "127.0.0.1 sent interim answers instead of an answer");
    }
}

TEST_F(HttpClientKept, NothingCanBeginASecondRequest) {
    const scripted_server server(
        [](const std::string&) { return http_answer("200 OK", "x"); }, transport::plain
    );
    const std::string second = "\r\n\r\nDELETE /v2/ HTTP/1.1\r\n\r\n";
    http_request in_target = get(server.port(), "/v2/" + second);
    http_request in_value = get(server.port());
    in_value.headers = {{"Authorization", "Bearer x" + second}};
    http_request in_name = get(server.port());
    in_name.headers = {{"X: y" + second, "z"}};
    http_request in_method = get(server.port());
    in_method.method = "GET / HTTP/1.1" + second;
    for (const auto& request : {in_target, in_value, in_name, in_method}) {
        const auto failure = std::get<fetch_failure>(send(request));
        EXPECT_EQ(failure.cause, failure_cause::malformed);
        EXPECT_EQ(failure.detail, "127.0.0.1 is asked for something that HTTP cannot carry");
    }
    EXPECT_THAT(server.requests(), IsEmpty());
}

} // namespace
} // namespace gatehouse::server
