#include "server/policy_files.h"

#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts(const policy_files& files) {
    std::vector<std::string> out;
    for (const policy::policy_source& source : files.sources) {
        out.push_back(source.text);
    }
    return out;
}

policy_files read(std::vector<std::string> paths) { return read_policy_files(paths); }

class PolicyFiles : public testing::Test {
  protected:
    testing_support::temp_dir dir_;
};

TEST_F(PolicyFiles, ADirectoryGivesItsFilesByName) {
    dir_.write("d/b.yaml", "b");
    dir_.write("d/a.json", "a");
    dir_.write("d/c.yml", "c");
    dir_.write("d/.hidden.yaml", "no");
    dir_.write("d/README.md", "no");
    dir_.write("d/sub.yaml/x.yaml", "no");
    const policy_files files = read({dir_ / "d"});
    EXPECT_THAT(files.errors, IsEmpty());
    EXPECT_THAT(texts(files), ElementsAre("a", "b", "c"));
    EXPECT_EQ(files.sources[1].name, dir_ / "d/b.yaml");
    EXPECT_THAT(
        files.paths, ElementsAre(dir_ / "d", dir_ / "d/a.json", dir_ / "d/b.yaml", dir_ / "d/c.yml")
    );
}

TEST_F(PolicyFiles, ASlashBehindADirectoryChangesNothing) {
    dir_.write("d/a.yaml", "a");
    EXPECT_EQ(read({dir_ / "d/"}).sources[0].name, dir_ / "d/a.yaml");
}

TEST_F(PolicyFiles, AFileMayHaveAnyName) {
    EXPECT_THAT(texts(read({dir_.write(".policy.txt", "x")})), ElementsAre("x"));
}

TEST_F(PolicyFiles, PathsKeepTheirOrder) {
    const std::string b = dir_.write("b.yaml", "b");
    const std::string a = dir_.write("a.yaml", "a");
    EXPECT_THAT(texts(read({b, a})), ElementsAre("b", "a"));
}

TEST_F(PolicyFiles, AMountedConfigMapIsReadOnce) {
    dir_.write("d/..2026/a.yaml", "a");
    std::filesystem::create_symlink("..2026", dir_ / "d/..data");
    std::filesystem::create_symlink("..data/a.yaml", dir_ / "d/a.yaml");
    const policy_files files = read({dir_ / "d"});
    EXPECT_THAT(files.errors, IsEmpty());
    EXPECT_THAT(texts(files), ElementsAre("a"));
}

TEST_F(PolicyFiles, WhatIsMissingIsAnErrorAndStillWatched) {
    const std::string there = dir_.write("a.yaml", "a");
    const policy_files files = read({dir_ / "none", there});
    EXPECT_THAT(files.errors, ElementsAre(dir_ / "none" + ": No such file or directory"));
    EXPECT_THAT(files.paths, ElementsAre(dir_ / "none", there));
    EXPECT_THAT(texts(files), ElementsAre("a"));
}

TEST_F(PolicyFiles, ADirectoryWithoutPoliciesIsAnError) {
    dir_.write("d/README.md", "no");
    EXPECT_THAT(
        read({dir_ / "d"}).errors,
        ElementsAre(dir_ / "d: the directory has no *.yaml, *.yml or *.json file")
    );
}

TEST_F(PolicyFiles, ALinkToNothingIsAnError) {
    std::filesystem::create_directory(dir_ / "d");
    std::filesystem::create_symlink("nowhere", dir_ / "d/a.yaml");
    EXPECT_THAT(
        read({dir_ / "d"}).errors, ElementsAre(dir_ / "d/a.yaml: No such file or directory")
    );
}

TEST_F(PolicyFiles, APipeInADirectoryIsNotWaitedFor) {
    std::filesystem::create_directory(dir_ / "d");
    ASSERT_EQ(mkfifo((dir_ / "d/a.yaml").c_str(), 0600), 0);
    EXPECT_THAT(
        read({dir_ / "d"}).errors, ElementsAre(dir_ / "d/a.yaml: this is not a regular file")
    );
}

TEST_F(PolicyFiles, SizeIsBounded) {
    const std::string most = dir_.write("a.yaml", std::string(most_policy_file_bytes, '#'));
    EXPECT_THAT(read({most}).errors, IsEmpty());
    const std::string more = dir_.write("b.yaml", std::string(most_policy_file_bytes + 1, '#'));
    EXPECT_THAT(read({more}).errors, ElementsAre(more + ": the file is larger than 4194304 bytes"));
}

TEST_F(PolicyFiles, NumberIsBounded) {
    for (std::size_t i = 0; i <= most_policy_files; ++i) {
        dir_.write("d/" + std::to_string(i) + ".yaml", "");
    }
    EXPECT_THAT(read({dir_ / "d"}).errors, ElementsAre(dir_ / "d: there are more than 4096 files"));
}

TEST_F(PolicyFiles, AnUnprintableNameCannotForgeALine) {
    EXPECT_THAT(
        read({dir_ / "a\nb"}).errors, ElementsAre(dir_ / "a\\nb: No such file or directory")
    );
}

TEST(ReadTextFile, ReportsADirectoryAsUnavailable) {
    const policy::result<std::string> text = read_text_file("/", 10);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), policy::errc::unavailable);
    EXPECT_EQ(text.error().detail(), "Is a directory");
}

} // namespace
} // namespace gatehouse::server
