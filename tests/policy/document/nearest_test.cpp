#include "policy/document/nearest.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace gatehouse::policy {
namespace {

struct nearest_case {
    std::string name;
    std::string written;
    std::string nearest;
};

class NearestWord : public testing::TestWithParam<nearest_case> {};

TEST_P(NearestWord, IsProposed) {
    constexpr std::array<std::string_view, 5> words = {
        "allow", "deny", "denyTags", "runAsUser", "runAsGroup"};
    EXPECT_EQ(nearest_word(GetParam().written, words), GetParam().nearest);
}

INSTANTIATE_TEST_SUITE_P(
    Words,
    NearestWord,
    testing::Values(
        nearest_case{"OtherCase", "RUNASUSER", "runAsUser"},
        nearest_case{"LetterMissing", "denyTag", "denyTags"},
        nearest_case{"LetterTooMany", "denny", "deny"},
        nearest_case{"OtherLetter", "runAsUzer", "runAsUser"},
        nearest_case{"Swapped", "ruAnsUser", "runAsUser"},
        nearest_case{"ClosestWins", "runAsGruop", "runAsGroup"},
        nearest_case{"TooFar", "permit", ""},
        nearest_case{"OneLetter", "x", ""},
        nearest_case{"Empty", "", ""},
        nearest_case{"VeryLong", std::string(65, 'a'), ""}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
