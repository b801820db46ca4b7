// What `gatehouse check` says of tests/data/manifests, manifests like those that people run, by the
// built-in policy. The report was read as its reader would: every line says what to change.

#include "server/commands/root.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;

/// `gatehouse check manifests` where the manifests are, so that sources have short names.
std::string report_of_manifests() {
    const fs::path before = fs::current_path();
    fs::current_path(GATEHOUSE_TEST_DATA);
    const std::array arguments = {"gatehouse", "check", "manifests"};
    testing::internal::CaptureStdout();
    EXPECT_EQ(run(static_cast<int>(arguments.size()), arguments.data()), 1);
    std::string out = testing::internal::GetCapturedStdout();
    fs::current_path(before);
    return out;
}

TEST(CheckManifests, AreReportedSoThatADeveloperCanAct) {
    testing_support::expect_golden(report_of_manifests(), "check/manifests.txt");
}

TEST(CheckManifests, AreManyAndAllJudged) {
    const auto files = std::ranges::count_if(
        fs::directory_iterator(GATEHOUSE_TEST_DATA "/manifests"), [](const auto&) { return true; }
    );
    EXPECT_GE(files, 30);
    const std::string report = report_of_manifests();
    for (const auto& entry : fs::directory_iterator(GATEHOUSE_TEST_DATA "/manifests")) {
        EXPECT_NE(report.find(entry.path().filename().string()), std::string::npos) << entry.path();
    }
}

} // namespace
} // namespace gatehouse::server
