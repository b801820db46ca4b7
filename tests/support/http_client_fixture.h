#pragma once
// An HTTP client on a loop of its own, and what came of its exchanges. What the tests of http_client.h share.

#include "server/http_client.h"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <utility>
#include <variant>
#include <vector>

namespace gatehouse::testing_support {

class http_client_fixture : public testing::Test {
  protected:
    static server::http_request get(
        std::uint16_t port,
        server::url_scheme scheme = server::url_scheme::http
    ) {
        server::http_request out;
        out.scheme = scheme;
        out.host = "127.0.0.1";
        out.port = port;
        out.target = "/v2/";
        out.most_body_bytes = 1000;
        out.registry = "reg.example";
        return out;
    }

    /// All of them at once, on one loop.
    std::vector<policy::fact<server::http_response>> send_all(
        std::vector<server::http_request> requests,
        server::steady::duration limit = std::chrono::seconds(5)
    ) {
        std::vector<policy::fact<server::http_response>> out(
            requests.size(), policy::fetch_failure{}
        );
        for (std::size_t i = 0; i < requests.size(); ++i) {
            server::asio::co_spawn(
                loop_,
                client_.send(requests[i], time_.ticks() + limit),
                [&out,
                 i](const std::exception_ptr& fault, policy::fact<server::http_response> answer) {
                    EXPECT_EQ(fault, nullptr);
                    out[i] = std::move(answer);
                }
            );
        }
        loop_.restart();
        loop_.run_for(std::chrono::seconds(20));
        return out;
    }

    server::http_response answer_to(const server::http_request& request) {
        const policy::fact<server::http_response> out = send_all({request}).front();
        const auto* failure = std::get_if<policy::fetch_failure>(&out);
        EXPECT_EQ(failure, nullptr) << failure->detail;
        return failure != nullptr ? server::http_response{} : std::get<server::http_response>(out);
    }

    policy::fetch_failure failure_of(
        const server::http_request& request,
        server::steady::duration limit = std::chrono::seconds(5)
    ) {
        const policy::fact<server::http_response> out = send_all({request}, limit).front();
        EXPECT_TRUE(std::holds_alternative<policy::fetch_failure>(out));
        return std::holds_alternative<policy::fetch_failure>(out)
                   ? std::get<policy::fetch_failure>(out)
                   : policy::fetch_failure{};
    }

    server::loop loop_{1};
    server::machine_clock time_;
    server::http_client client_{loop_, time_, {}};
};

} // namespace gatehouse::testing_support
