#include "server/port_file.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace gatehouse::server {
namespace {

using testing_support::temp_dir;

TEST(PortFile, HoldsBothPortsAndLeavesNothingBeside) {
    const temp_dir dir;
    dir.write("ports", "old");
    ASSERT_TRUE(write_port_file(dir / "ports", {8443, 80}));
    EXPECT_EQ(testing_support::text_of(dir / "ports"), "webhook 8443\nops 80\n");
    const std::filesystem::directory_iterator files(dir.path());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(PortFile, NamesAFileThatCannotBeWritten) {
    const temp_dir dir;
    const auto written = write_port_file(dir / "absent/ports", {1, 2});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().detail(), (dir / "absent/ports") + ": No such file or directory");
}

TEST(PortFile, LeavesNothingBesideADirectoryInItsPlace) {
    const temp_dir dir;
    std::filesystem::create_directory(dir.path() / "ports");
    const auto written = write_port_file(dir / "ports", {1, 2});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().detail(), (dir / "ports") + ": Is a directory");
    const std::filesystem::directory_iterator files(dir.path());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

} // namespace
} // namespace gatehouse::server
