// Stopping: nothing that was taken is lost, and nothing takes longer than it was told to.

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/request_load.h"
#include "tests/integration/test_server.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/eventually.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>
#include <signal.h>

namespace gatehouse::testing_support {
namespace {

bool is_ready(std::uint16_t ops_port) { return get_ops(ops_port, "/readyz").status == 200; }

TEST(Drain, EndsAtOnceWithoutDelayAndConnections) {
    test_server server({"--drain-delay", "0s"});
    server.process().send_signal(SIGTERM);
    EXPECT_EQ(server.process().wait(seconds(3)), 0);
}

TEST(Drain, GoesOnAnsweringThroughTheDelayAndSaysClose) {
    test_server server({"--drain-delay", "2s", "--shutdown-timeout", "5s"});
    const std::string review = review_of(bad_pod());
    tls_connection kept(server.port());
    EXPECT_FALSE(kept.exchange({.body = review}).closes());

    server.process().send_signal(SIGTERM);
    ASSERT_TRUE(eventually(seconds(1), [&] { return !is_ready(server.ops_port()); }));
    EXPECT_EQ(get_ops(server.ops_port(), "/livez").status, 200);
    tls_connection fresh(server.port());
    for (tls_connection* one : {&kept, &fresh}) {
        const http_response answer = one->exchange({.body = review});
        EXPECT_EQ(response_in(answer, review).at("allowed"), false);
        EXPECT_TRUE(answer.closes());
        EXPECT_TRUE(one->ends_within(seconds(2)));
    }
    EXPECT_EQ(server.process().wait(seconds(6)), 0);
}

TEST(Drain, FinishesARequestInFlight) {
    test_server server({"--drain-delay", "0s", "--shutdown-timeout", "10s"});
    const std::string review = review_of(bad_pod());
    const std::string whole = http_request{.body = review}.text();
    tls_connection connection(server.port());
    connection.send(whole.substr(0, whole.size() / 2));
    // The server has read that much: it answers another request that came later.
    ASSERT_EQ(verdict_on(server.port(), review).at("allowed"), false);
    server.process().send_signal(SIGTERM);
    EXPECT_FALSE(server.process().wait(milliseconds(300)));
    connection.send(whole.substr(whole.size() / 2));
    EXPECT_EQ(response_in(connection.receive(), review).at("allowed"), false);
    EXPECT_EQ(server.process().wait(seconds(5)), 0);
}

TEST(Drain, LosesNothingUnderLoad) {
    test_server server({"--drain-delay", "1s", "--shutdown-timeout", "5s"});
    request_load load(server.port());
    ASSERT_TRUE(eventually(seconds(10), [&] { return load.answers() > 100; }));
    load.expect_refusals();
    const int before = load.answers();
    server.process().send_signal(SIGTERM);
    EXPECT_EQ(server.process().wait(seconds(12)), 0);
    load.stop();
    EXPECT_THAT(load.losses(), testing::IsEmpty());
    EXPECT_GT(load.answers(), before) << "nothing was asked while it drained";
}

TEST(Drain, LeavesIdleConnectionsOpenUntilTheTimeout) {
    test_server server({"--drain-delay", "0s", "--shutdown-timeout", "2s"});
    const std::string review = review_of(good_pod());
    tls_connection idle(server.port());
    ASSERT_EQ(response_in(idle.exchange({.body = review}), review).at("allowed"), true);
    server.process().send_signal(SIGTERM);
    EXPECT_FALSE(idle.ends_within(seconds(1)));
    EXPECT_EQ(response_in(idle.exchange({.body = review}), review).at("allowed"), true);
    EXPECT_EQ(server.process().wait(seconds(5)), 0);
}

TEST(Drain, ASecondSignalEndsAtOnce) {
    test_server server({"--drain-delay", "30s"});
    server.process().send_signal(SIGTERM);
    ASSERT_TRUE(eventually(seconds(2), [&] { return !is_ready(server.ops_port()); }));
    server.process().send_signal(SIGTERM);
    EXPECT_EQ(server.process().wait(seconds(10)), 1);
}

TEST(Drain, ASecondSignalEndsAtOnceWhateverStillWaits) {
    test_server server({"--drain-delay", "30s"});
    const std::string whole = http_request{.body = review_of(bad_pod())}.text();
    tls_connection idle(server.port());
    tls_connection busy(server.port());
    busy.send(whole.substr(0, whole.size() / 2));
    server.process().send_signal(SIGTERM);
    ASSERT_TRUE(eventually(seconds(2), [&] { return !is_ready(server.ops_port()); }));
    server.process().send_signal(SIGTERM);
    EXPECT_EQ(server.process().wait(seconds(10)), 1) << server.process().log();
}

} // namespace
} // namespace gatehouse::testing_support
