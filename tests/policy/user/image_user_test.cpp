#include "policy/user/image_user.h"

#include "policy/user/decimal.h"
#include "policy/user/image_users.h"
#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace gatehouse::policy {
namespace {

using testing_support::case_name;

struct user_case {
    std::string name;
    std::string user;
    image_user_kind kind;
    std::int64_t id = 0;
    std::string part = {}; ///< before the ":"
    bool has_group = false;
};

class ImageUser : public testing::TestWithParam<user_case> {};

TEST_P(ImageUser, IsReadAsTheKubeletReadsIt) {
    const user_case& row = GetParam();
    const image_user got = read_image_user(row.user);
    EXPECT_EQ(got.kind, row.kind);
    EXPECT_EQ(got.id, row.id);
    EXPECT_EQ(got.name, row.part);
    EXPECT_EQ(got.has_group, row.has_group);
    EXPECT_EQ(is_root(got), row.part.empty() || (row.kind == image_user_kind::id && row.id == 0));
}

using kind = image_user_kind;

INSTANTIATE_TEST_SUITE_P(
    Spellings,
    ImageUser,
    testing::Values(
        user_case{"Absent", "", kind::none},
        user_case{"ColonOnly", ":", kind::none},
        user_case{"GroupOnly", ":50", kind::none, 0, "", true},
        user_case{"Zero", "0", kind::id, 0, "0"},
        user_case{"TwoZeros", "00", kind::id, 0, "00"},
        user_case{"PlusZero", "+0", kind::id, 0, "+0"},
        user_case{"MinusZero", "-0", kind::id, 0, "-0"},
        user_case{"Number", "1001", kind::id, 1001, "1001"},
        user_case{"NumberAndGroup", "1001:50", kind::id, 1001, "1001", true},
        user_case{"NumberAndColon", "1001:", kind::id, 1001, "1001"},
        user_case{"LeadingZeros", "0001000", kind::id, 1000, "0001000"},
        user_case{"Plus", "+5", kind::id, 5, "+5"},
        user_case{"Largest", "2147483647", kind::id, 2147483647, "2147483647"},
        user_case{"BeyondLargest", "2147483648", kind::invalid_id, 2147483648, "2147483648"},
        user_case{"Negative", "-1", kind::invalid_id, -1, "-1"},
        user_case{
            "LargestOf64Bits",
            "9223372036854775807",
            kind::invalid_id,
            std::numeric_limits<std::int64_t>::max(),
            "9223372036854775807"},
        user_case{"Beyond64Bits", "9223372036854775808", kind::name, 0, "9223372036854775808"},
        user_case{"Name", "app", kind::name, 0, "app"},
        user_case{"NameAndGroup", "app:staff:x", kind::name, 0, "app", true},
        user_case{"Root", "root", kind::name, 0, "root"},
        user_case{"Hexadecimal", "0x0", kind::name, 0, "0x0"},
        user_case{"Exponent", "1e3", kind::name, 0, "1e3"},
        user_case{"Underscore", "1_000", kind::name, 0, "1_000"},
        user_case{"Fraction", "1000.0", kind::name, 0, "1000.0"},
        user_case{"LeadingSpace", " 0", kind::name, 0, " 0"},
        user_case{"TrailingSpace", "0 ", kind::name, 0, "0 "},
        user_case{"SignOnly", "-", kind::name, 0, "-"}
    ),
    case_name()
);

struct decimal_case {
    std::string name;
    std::string text;
    decimal_kind kind;
    std::int64_t value;
};

class Decimal : public testing::TestWithParam<decimal_case> {};

TEST_P(Decimal, IsReadAsTheRuntimeReadsIt) {
    const decimal got = read_decimal(GetParam().text);
    EXPECT_EQ(got.kind, GetParam().kind);
    EXPECT_EQ(got.value, GetParam().value);
}

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

INSTANTIATE_TEST_SUITE_P(
    Numbers,
    Decimal,
    testing::Values(
        decimal_case{"Empty", "", decimal_kind::not_a_number, 0},
        decimal_case{"Plus", "+", decimal_kind::not_a_number, 0},
        decimal_case{"Letters", "12a", decimal_kind::not_a_number, 0},
        decimal_case{"Slash", "/", decimal_kind::not_a_number, 0},
        decimal_case{"Most", "9223372036854775807", decimal_kind::number, most},
        decimal_case{"OneMore", "9223372036854775808", decimal_kind::out_of_range, most},
        decimal_case{"Least", "-9223372036854775808", decimal_kind::number, least},
        decimal_case{"OneLess", "-9223372036854775809", decimal_kind::out_of_range, least},
        decimal_case{"UnsignedMost", "18446744073709551615", decimal_kind::out_of_range, most},
        decimal_case{"UnsignedOneMore", "18446744073709551616", decimal_kind::out_of_range, most},
        decimal_case{
            "NothingIsReadBehind",
            "99999999999999999999x",
            decimal_kind::out_of_range,
            most}
    ),
    case_name()
);

TEST(ImageUsers, AccountsAreNeededForNamesAndForEveryGroup) {
    user_want config;
    config.config = true;
    user_want user_id;
    user_id.user_id = true;
    user_want group_id;
    group_id.group_id = true;
    user_want groups;
    groups.groups = true;
    for (const char* user : {"", "0", "1001", "app", "-1"}) {
        EXPECT_FALSE(needs_accounts({}, user)) << user;
        EXPECT_FALSE(needs_accounts(config, user)) << user;
        EXPECT_TRUE(needs_accounts(group_id, user)) << user;
        EXPECT_TRUE(needs_accounts(groups, user)) << user;
    }
    EXPECT_FALSE(needs_accounts(user_id, ""));
    EXPECT_FALSE(needs_accounts(user_id, ":app"));
    EXPECT_FALSE(needs_accounts(user_id, "1001:app"));
    EXPECT_TRUE(needs_accounts(user_id, "app:1001"));
    EXPECT_TRUE(needs_accounts(user_id, "2147483648")); // may be a name
}

bool judges(const std::string& wanted, const std::string& os, const std::string& architecture) {
    user_want want;
    want.architecture = wanted;
    const digest manifest = digest::of("manifest");
    return is_judged(want, platform_image{os, architecture, "v8", manifest, "app"});
}

TEST(ImageUsers, LinuxOfTheWantedArchitectureIsJudged) {
    EXPECT_TRUE(judges("", "linux", "arm64"));
    EXPECT_TRUE(judges("arm64", "linux", "arm64"));
    EXPECT_FALSE(judges("amd64", "linux", "arm64"));
    EXPECT_TRUE(judges("amd64", "linux", "")); // may be of any
    EXPECT_TRUE(judges("", "linux", ""));
    EXPECT_FALSE(judges("", "windows", "amd64"));
    EXPECT_FALSE(judges("amd64", "windows", "amd64"));
    EXPECT_FALSE(judges("", "unknown", "unknown"));
}

} // namespace
} // namespace gatehouse::policy
