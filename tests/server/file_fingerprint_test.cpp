#include "server/file_fingerprint.h"

#include "tests/support/temp_dir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

namespace gatehouse::server {
namespace {

using testing_support::temp_dir;

file_fingerprint of(const std::string& path) { return fingerprint_of(std::vector{path}); }

TEST(FileFingerprint, StaysWhileNothingChanges) {
    const temp_dir dir;
    const std::string file = dir.write("a", "text");
    EXPECT_EQ(of(file), of(file));
    EXPECT_EQ(of(file).front().failure, 0);
}

TEST(FileFingerprint, ChangesWithAnEditInPlaceOfTheSameLength) {
    const temp_dir dir;
    const std::string file = dir.write("a", "text");
    const auto before = of(file);
    // As a kernel does when the clock has moved on since the file was last written.
    dir.write("a", "TEXT");
    const timespec times[2] = {{.tv_sec = 1, .tv_nsec = 0}, {.tv_sec = 1, .tv_nsec = 1}};
    ASSERT_EQ(utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
    EXPECT_NE(of(file), before);
}

TEST(FileFingerprint, ChangesWhenTheFileIsReplaced) {
    const temp_dir dir;
    const std::string file = dir.write("a", "text");
    const auto before = of(file);
    dir.replace("a", "text");
    EXPECT_NE(of(file), before);
}

TEST(FileFingerprint, FollowsSymbolicLinksOnTheWay) {
    const temp_dir dir;
    dir.write("one/a", "text");
    dir.write("two/a", "text");
    std::filesystem::create_symlink("one", dir.path() / "link");
    const auto before = of(dir / "link/a");
    std::filesystem::remove(dir.path() / "link");
    std::filesystem::create_symlink("two", dir.path() / "link");
    EXPECT_NE(of(dir / "link/a"), before);
}

TEST(FileFingerprint, ChangesWithTheEntriesOfADirectory) {
    const temp_dir dir;
    const auto before = of(dir.path().string());
    dir.write("a", "");
    EXPECT_NE(of(dir.path().string()), before);
}

TEST(FileFingerprint, KnowsWhatIsNotThere) {
    const temp_dir dir;
    const auto absent = of(dir / "a");
    EXPECT_EQ(absent.front().failure, ENOENT);
    dir.write("a", "");
    EXPECT_NE(of(dir / "a"), absent);
}

} // namespace
} // namespace gatehouse::server
