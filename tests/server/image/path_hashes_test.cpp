#include "server/image/path_hashes.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

TEST(PathHashes, KnowWhatIsInBoth) {
    path_hashes links(10);
    path_hashes directories(10);
    EXPECT_FALSE(links.meets(directories));
    ASSERT_TRUE(links.add("usr/lib64"));
    ASSERT_TRUE(directories.add_with_parents("usr/lib/x"));
    EXPECT_FALSE(links.meets(directories));
    ASSERT_TRUE(links.add("usr"));
    EXPECT_TRUE(links.meets(directories));
    EXPECT_TRUE(directories.meets(links));
}

TEST(PathHashes, TheRootIsNoDirectoryOfInterest) {
    path_hashes links(10);
    path_hashes directories(10);
    ASSERT_TRUE(links.add(""));
    ASSERT_TRUE(directories.add_with_parents("etc"));
    EXPECT_FALSE(links.meets(directories));
}

TEST(PathHashes, CountEachPathOnce) {
    path_hashes paths(3);
    for (int i = 0; i < 1'000'000; ++i) {
        ASSERT_TRUE(paths.add(std::to_string(i % 3)));
    }
}

TEST(PathHashes, AreBounded) {
    path_hashes paths(100'000);
    int added = 0;
    while (added < 1'000'000 && paths.add(std::to_string(added))) {
        ++added;
    }
    // The bound is looked at whenever duplicates are dropped.
    EXPECT_GE(added, 100'000);
    EXPECT_LT(added, 400'000);
}

} // namespace
} // namespace gatehouse::server
