#include "policy/shared_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SharedList, HoldsWhatItWasMadeOf) {
    const shared_list<std::string> all = std::vector<std::string>{"a", "b"};
    EXPECT_THAT(all, ElementsAre("a", "b"));
    EXPECT_EQ(all[1], "b");
    EXPECT_FALSE(all.empty());
}

TEST(SharedList, IsEmptyWithoutAny) {
    EXPECT_THAT(shared_list<int>(), IsEmpty());
    EXPECT_EQ(shared_list<int>(), shared_list<int>(std::vector<int>()));
    EXPECT_EQ(shared_list<int>().begin(), shared_list<int>().end());
}

TEST(SharedList, CopiesAreTheSameList) {
    shared_list<std::string> one = std::vector<std::string>{"a"};
    const shared_list<std::string> other = one;
    EXPECT_EQ(&one[0], &other[0]);
    one = {};
    EXPECT_THAT(other, ElementsAre("a"));
}

TEST(SharedList, ComparesWhatItHolds) {
    const shared_list<int> one = std::vector{1, 2};
    EXPECT_EQ(one, shared_list<int>(std::vector{1, 2}));
    EXPECT_NE(one, shared_list<int>(std::vector{1}));
    EXPECT_NE(one, shared_list<int>(std::vector{1, 3}));
}

} // namespace
} // namespace gatehouse::policy
