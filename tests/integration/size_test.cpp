// Large bodies: judged up to 32 MiB, refused above, and shed when too much is in flight.

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/test_server.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>

#include <deque>

namespace gatehouse::testing_support {
namespace {

constexpr std::size_t mebibyte = 1 << 20;

/// A review of at least `size` bytes, padded by an annotation of `filler`.
std::string padded_review(json pod, std::size_t size, const std::string& filler) {
    pod["metadata"]["annotations"] = {{"note", "FILLER"}};
    std::string text = review_of(pod);
    std::string padding;
    while (padding.size() < size) {
        padding += filler;
    }
    return text.replace(text.find("FILLER"), 6, padding);
}

/// The verdict on a padded review, read against the same review without the padding.
json verdict_on_padded(const json& pod, std::size_t size, const std::string& filler) {
    const http_response answer = ask(shared_server().port(), padded_review(pod, size, filler));
    return response_in(answer, review_of(pod));
}

TEST(Size, JudgesAReviewOfTwentyMebibytes) {
    const std::string filler(1024, 'a');
    EXPECT_EQ(verdict_on_padded(good_pod(), 20 * mebibyte, filler).at("allowed"), true);
    EXPECT_EQ(verdict_on_padded(bad_pod(), 20 * mebibyte, filler).at("allowed"), false);
}

TEST(Size, JudgesManyEscapes) {
    const std::string filler = R"(\u003c\u003e\u0026\u00e9)";
    EXPECT_EQ(verdict_on_padded(bad_pod(), 10 * mebibyte, filler).at("allowed"), false);
}

TEST(Size, RefusesAnAnnouncedLengthAbove32MebibytesBeforeTheBody) {
    for (const std::string length : {"33554433", "1099511627776"}) {
        tls_connection connection(shared_server().port());
        connection.send(http_request{.fields = {{"Content-Length", length}}}.text());
        const http_response answer = connection.receive();
        EXPECT_EQ(answer.status, 413);
        EXPECT_EQ(answer.field("content-type"), "text/plain");
        EXPECT_TRUE(answer.closes());
    }
}

TEST(Size, RefusesChunksAbove32Mebibytes) {
    tls_connection connection(shared_server().port());
    connection.send(
        http_request{.fields = {{"Content-Length", ""}, {"Transfer-Encoding", "chunked"}}}.text()
    );
    const std::string chunk = "100000\r\n" + std::string(mebibyte, ' ') + "\r\n";
    try {
        for (int i = 0; i < 40; ++i) {
            connection.send(chunk);
        }
        EXPECT_EQ(connection.receive().status, 413);
    } catch (const connection_closed&) {
        // Closed while we still sent: the answer is lost to a client that does not read.
    }
    EXPECT_EQ(verdict_on(shared_server().port(), review_of(good_pod())).at("allowed"), true);
}

TEST(Size, ShedsWhatDoesNotFitInMemory) {
    test_server server;
    // Five bodies of almost 32 MiB that never end: more than may be in flight at once.
    std::deque<tls_connection> greedy;
    const std::string most(31 * mebibyte, ' ');
    std::vector<http_response> refusals;
    for (int i = 0; i < 6; ++i) {
        try {
            greedy.emplace_back(server.port());
            greedy.back().send(http_request{
                .target = "/validate?timeout=30s",
                .fields = {{"Content-Length", std::to_string(32 * mebibyte)}},
            }
                                   .text());
            greedy.back().send(most);
            refusals.push_back(greedy.back().receive(milliseconds(200)));
        } catch (const receive_timeout&) {
            // Accepted so far.
        } catch (const connection_closed&) {
            refusals.push_back({.status = 503, .fields = {}, .body = {}});
        }
    }
    EXPECT_GE(refusals.size(), 1U);
    EXPECT_GE(metric(server.ops_port(), "gatehouse_shed_requests_total"), 1);
    EXPECT_TRUE(server.process().is_alive());
    greedy.clear();
    EXPECT_EQ(verdict_on(server.port(), review_of(good_pod())).at("allowed"), true);
}

} // namespace
} // namespace gatehouse::testing_support
