#include "policy/checks/level.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace gatehouse::policy {
namespace {

TEST(SecurityLevel, NamesRoundTrip) {
    for (const auto level :
         {security_level::privileged, security_level::baseline, security_level::restricted}) {
        EXPECT_EQ(level_named(name_of(level)), level);
    }
}

TEST(SecurityLevel, OtherNamesAreNothing) {
    EXPECT_EQ(level_named("Restricted"), std::nullopt);
    EXPECT_EQ(level_named(""), std::nullopt);
}

struct version_case {
    std::string name;
    std::string text;
    std::optional<std::uint32_t> effective; ///< minor judged by; absent: not a version
};

class SecurityVersion : public testing::TestWithParam<version_case> {};

TEST_P(SecurityVersion, Parses) {
    const auto version = version_named(GetParam().text);
    ASSERT_EQ(version.has_value(), GetParam().effective.has_value());
    if (version) {
        EXPECT_EQ(effective_minor(*version), *GetParam().effective);
        EXPECT_EQ(name_of(*version), GetParam().text);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    SecurityVersion,
    testing::Values(
        version_case{"Latest", "latest", 37},
        version_case{"First", "v1.0", 0},
        version_case{"Pinned", "v1.29", 29},
        version_case{"Newest", "v1.37", 37},
        version_case{"NewerIsClamped", "v1.38", 37},
        version_case{"MuchNewerIsClamped", "v1.100", 37},
        version_case{"NineDigits", "v1.999999999", 37},
        version_case{"TenDigits", "v1.1000000000", std::nullopt},
        version_case{"NoLetter", "1.30", std::nullopt},
        version_case{"OtherMajor", "v2.1", std::nullopt},
        version_case{"LeadingZero", "v1.030", std::nullopt},
        version_case{"NoMinor", "v1.", std::nullopt},
        version_case{"Patch", "v1.30.1", std::nullopt},
        version_case{"Sign", "v1.+3", std::nullopt},
        version_case{"CapitalLatest", "Latest", std::nullopt},
        version_case{"Empty", "", std::nullopt}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
