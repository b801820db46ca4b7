// Many at once: every review gets its own verdict and its own uid.

#include "tests/integration/api_server.h"
#include "tests/integration/test_server.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>

#include <atomic>
#include <deque>
#include <thread>
#include <vector>

namespace gatehouse::testing_support {
namespace {

std::string numbered_review(int number) {
    return review_builder(number % 2 == 0 ? bad_pod() : good_pod())
        .with("uid", "review-" + std::to_string(number))
        .text();
}

TEST(Concurrency, AThousandReviewsGetTheirOwnAnswers) {
    constexpr int clients = 20;
    constexpr int each = 50;
    const std::uint16_t port = shared_server().port();
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < clients; ++client) {
        threads.emplace_back([&, client] {
            tls_connection connection(port);
            for (int i = 0; i < each; ++i) {
                const int number = client * each + i;
                const std::string review = numbered_review(number);
                const http_response answer = connection.exchange({.body = review});
                right += response_in(answer, review).at("allowed") == (number % 2 != 0) ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(right, clients * each);
}

TEST(Concurrency, TwoHundredConnectionsAtOnceAreAllAnswered) {
    std::deque<tls_connection> connections;
    std::vector<std::string> reviews;
    for (int i = 0; i < 200; ++i) {
        connections.emplace_back(shared_server().port());
        reviews.push_back(numbered_review(i));
    }
    for (std::size_t i = 0; i < reviews.size(); ++i) {
        connections[i].send(http_request{.body = reviews[i]}.text());
    }
    for (std::size_t i = reviews.size(); i-- > 0;) {
        const json response = response_in(connections[i].receive(), reviews[i]);
        EXPECT_EQ(response.at("allowed"), i % 2 != 0);
    }
}

TEST(Concurrency, TwoInterleavedReviewsDoNotMix) {
    json first_pod = bad_pod();
    first_pod["spec"]["containers"][0]["name"] = "first";
    json second_pod = bad_pod();
    second_pod["spec"]["containers"][0]["name"] = "second";
    const std::string first = review_builder(first_pod).with("uid", "1").text();
    const std::string second = review_builder(second_pod).with("uid", "2").text();
    const std::string first_text = http_request{.body = first}.text();
    const std::string second_text = http_request{.body = second}.text();

    tls_connection one(shared_server().port());
    tls_connection two(shared_server().port());
    one.send(first_text.substr(0, first_text.size() - 100));
    two.send(second_text.substr(0, second_text.size() - 50));
    one.send(first_text.substr(first_text.size() - 100));
    two.send(second_text.substr(second_text.size() - 50));
    const std::string second_message = message_of(response_in(two.receive(), second));
    const std::string first_message = message_of(response_in(one.receive(), first));
    EXPECT_THAT(first_message, testing::HasSubstr(R"(container "first")"));
    EXPECT_THAT(first_message, testing::Not(testing::HasSubstr("second")));
    EXPECT_THAT(second_message, testing::HasSubstr(R"(container "second")"));
    EXPECT_THAT(second_message, testing::Not(testing::HasSubstr("first")));
}

} // namespace
} // namespace gatehouse::testing_support
