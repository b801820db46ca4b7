// Clients that take their time: each stage of a connection has a deadline of its own, and one client's
// patience costs another nothing. These tests wait for the real deadlines, side by side.

#include "tests/integration/api_server.h"
#include "tests/integration/test_server.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/review_builder.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gatehouse::testing_support {
namespace {

/// A TCP connection on which nothing is said.
class silent_connection {
  public:
    explicit silent_connection(std::uint16_t port)
        : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
            throw connection_closed("connection refused");
        }
    }
    silent_connection(const silent_connection&) = delete;
    silent_connection& operator=(const silent_connection&) = delete;
    ~silent_connection() { close(descriptor_); }

    [[nodiscard]] bool ends_within(milliseconds limit) const {
        pollfd what{.fd = descriptor_, .events = POLLIN, .revents = 0};
        char byte = 0;
        return poll(&what, 1, static_cast<int>(limit.count())) == 1
               && recv(descriptor_, &byte, 1, 0) <= 0;
    }

  private:
    int descriptor_;
};

TEST(SlowClient, IsDroppedAtEachStage) {
    test_server server;
    const silent_connection no_handshake(server.port());
    tls_connection half_a_header(server.port());
    tls_connection half_a_body(server.port());
    tls_connection idle(server.port());
    half_a_header.send("POST /validate HTTP/1.1\r\nHost: ");
    half_a_body.send(http_request{.fields = {{"Content-Length", "100"}}}.text() + "{");

    // All clocks started together: handshake and header have 5 s, this body 10 s and a second more.
    EXPECT_FALSE(half_a_header.ends_within(milliseconds(3500)));
    EXPECT_TRUE(no_handshake.ends_within(seconds(4)));
    EXPECT_TRUE(half_a_header.ends_within(seconds(4)));
    EXPECT_FALSE(half_a_body.ends_within(seconds(1)));
    EXPECT_TRUE(half_a_body.ends_within(seconds(9)));
    // An idle connection is none that stalls.
    const std::string review = review_of(good_pod());
    EXPECT_EQ(response_in(idle.exchange({.body = review}), review).at("allowed"), true);
}

TEST(SlowClient, DoesNotDelayOthers) {
    tls_connection slow(shared_server().port());
    const std::string review = review_builder(good_pod()).with("uid", "slow").text();
    const std::string whole = http_request{.body = review}.text();
    slow.send(whole.substr(0, whole.size() / 2));
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(verdict_on(shared_server().port(), review_of(bad_pod())).at("allowed"), false);
    }
    slow.send(whole.substr(whole.size() / 2));
    EXPECT_EQ(response_in(slow.receive(), review).at("allowed"), true);
}

TEST(SlowClient, ThatResetsInTheMiddleHarmsNobody) {
    const std::string whole = http_request{.body = review_of(bad_pod())}.text();
    for (std::size_t i = 0; i < 50; ++i) {
        tls_connection connection(shared_server().port());
        connection.send(whole.substr(0, 10 + i * 9));
        connection.reset();
    }
    EXPECT_EQ(verdict_on(shared_server().port(), review_of(good_pod())).at("allowed"), true);
}

} // namespace
} // namespace gatehouse::testing_support
