#include "policy/checks/wording.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace gatehouse::policy {
namespace {

TEST(Shown, QuotesWhatIsNoIdentifierAndCuts) {
    EXPECT_EQ(shown("Unconfined"), "Unconfined");
    EXPECT_EQ(shown(""), "\"\"");
    EXPECT_EQ(shown("a b\n"), "\"a b\\n\"");
    EXPECT_EQ(shown(std::string(1000, 'a')), '"' + std::string(59, 'a') + "...\"");
}

TEST(Listed, SortsAndSaysHowMany) {
    EXPECT_EQ(listed(std::vector<std::string_view>{"b", "a", "b"}).text, "a, b");
    EXPECT_TRUE(listed(std::vector<std::string_view>{"b", "a", "b"}).several);
    EXPECT_FALSE(listed(std::vector<std::string_view>{"b", "b"}).several);
    EXPECT_EQ(listed(std::vector<std::int64_t>{80, 9, 443}).text, "9, 80, 443");
}

TEST(Listed, CountsWhatItDoesNotShow) {
    EXPECT_EQ(
        listed(std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8}).text,
        "1, 2, 3, 4, 5, 6 and 2 more"
    );
}

TEST(OneOf, EndsInOr) {
    EXPECT_EQ(one_of(std::array<std::string_view, 1>{"a"}), "a");
    EXPECT_EQ(one_of(std::array<std::string_view, 2>{"a", "b"}), "a or b");
    EXPECT_EQ(one_of(std::array<std::string_view, 3>{"a", "b", "c"}), "a, b or c");
}

} // namespace
} // namespace gatehouse::policy
