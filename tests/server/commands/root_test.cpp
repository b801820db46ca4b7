#include "server/commands/root.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

TEST(Root, KnowsItsVersion) {
    const char* arguments[] = {"gatehouse", "--version"};
    testing::internal::CaptureStdout();
    EXPECT_EQ(run(2, arguments), 0);
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "gatehouse 0.1.0\n");
}

TEST(Root, RefusesAnUnknownSubcommand) {
    const char* arguments[] = {"gatehouse", "frobnicate"};
    testing::internal::CaptureStderr();
    EXPECT_EQ(run(2, arguments), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr(), "");
}

TEST(Root, RefusesNoSubcommand) {
    const char* arguments[] = {"gatehouse"};
    testing::internal::CaptureStderr();
    EXPECT_EQ(run(1, arguments), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr(), "");
}

} // namespace
} // namespace gatehouse::server
