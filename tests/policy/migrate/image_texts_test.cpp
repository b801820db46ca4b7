#include "policy/migrate/image_texts.h"

#include "policy/image/allowlist.h"
#include "tests/support/case_name.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

struct text_case {
    std::string name;
    std::string text;
    std::string patterns; ///< joined by a blank
    std::string note;
};

class Prefix : public testing::TestWithParam<text_case> {};

TEST_P(Prefix, BecomesPatterns) {
    const image_texts made = images_beginning_with(GetParam().text);
    EXPECT_EQ(fmt::format("{}", fmt::join(made.patterns, " ")), GetParam().patterns);
    EXPECT_EQ(made.note, GetParam().note);
}

const std::string by_tag =
    "names tags; the policy takes no image that is named by digest for one of them";
const std::string digest = "names a digest, which no pattern can; it is left out";

INSTANTIATE_TEST_SUITE_P(
    ImageTexts,
    Prefix,
    testing::Values(
        text_case{"Host", "reg.example/", "reg.example/**", ""},
        text_case{"HostWithPort", "reg.example:5000/", "reg.example:5000/**", ""},
        text_case{"Folder", "reg.example/core/", "reg.example/core/**", ""},
        text_case{"User", "openpolicyagent/", "docker.io/openpolicyagent/**", ""},
        text_case{"Localhost", "localhost/", "localhost/**", ""},
        text_case{
            "Siblings",
            "reg.example/team-a",
            "reg.example/team-a* reg.example/team-a*/**",
            "has no / at its end and stands for reg.example/team-a-x too; kept so, write "
            "reg.example/team-a/** or reg.example/team-a to end it"},
        text_case{
            "SiblingsOnDockerHub",
            "acme/app",
            "docker.io/acme/app* docker.io/acme/app*/**",
            "has no / at its end and stands for docker.io/acme/app-x too; kept so, write "
            "docker.io/acme/app/** or docker.io/acme/app to end it"},
        text_case{
            "HostWithoutSlash",
            "reg.example",
            "reg.example/**",
            "has no / at its end and stood for every host that begins so, "
            "reg.example.attacker.example too; the policy takes it for the whole host"},
        text_case{
            "PortWithoutSlash",
            "reg.example:5000",
            "reg.example:5000/**",
            "has no / at its end and stood for every host that begins so, "
            "reg.example.attacker.example too; the policy takes it for the whole host"},
        text_case{
            "BareName",
            "nginx",
            "docker.io/library/nginx* docker.io/nginx*/**",
            "has no / at its end and stood for every image and host that begins so; the policy "
            "takes it for images of docker.io, write docker.io/nginx/** or "
            "docker.io/library/nginx to end it"},
        text_case{"BareTag", "nginx:1.", "docker.io/library/nginx:1.*", by_tag},
        text_case{"Tag", "reg.example/app:v1", "reg.example/app:v1*", by_tag},
        text_case{"AnyTag", "reg.example/app:", "reg.example/app:*", by_tag},
        text_case{"Digest", "reg.example/app@sha256:", "", digest},
        text_case{
            "Wildcard",
            "reg.example/*",
            "",
            "is compared character by character and began no image; it is left out"},
        text_case{
            "Variable",
            "reg.example/$(namespace)/",
            "",
            "is compared character by character and began no image; it is left out"},
        text_case{"Everything", "", "**", "stands for every image"}
    ),
    testing_support::case_name()
);

TEST(Prefix, ThatIsNoPatternIsLeftOut) {
    const image_texts made = images_beginning_with("reg.example/App/");
    EXPECT_TRUE(made.patterns.empty());
    EXPECT_EQ(made.note.find("cannot be a pattern and is left out: "), 0U) << made.note;
}

TEST(Prefix, MatchesTheImagesThatBeginSo) {
    const image_texts made = images_beginning_with("reg.example/team-");
    std::vector<image_pattern> patterns;
    for (const std::string& one : made.patterns) {
        patterns.push_back(image_pattern::parse(one).value());
    }
    const image_patterns all(std::move(patterns));
    const auto matches = [&](std::string_view image) {
        return all.find(reference::parse(image).value(), "default", pattern_use::permit) != nullptr;
    };
    EXPECT_TRUE(matches("reg.example/team-a:1"));
    EXPECT_TRUE(matches("reg.example/team-a/app/sub:1"));
    EXPECT_FALSE(matches("reg.example/team"));
    EXPECT_FALSE(matches("reg.example/x/team-a"));
    EXPECT_FALSE(matches("reg.example.attacker.example/team-a"));
}

class WholeText : public testing::TestWithParam<text_case> {};

TEST_P(WholeText, BecomesAPattern) {
    const image_texts made = images_that_are(GetParam().text);
    EXPECT_EQ(fmt::format("{}", fmt::join(made.patterns, " ")), GetParam().patterns);
    EXPECT_EQ(made.note, GetParam().note);
}

INSTANTIATE_TEST_SUITE_P(
    ImageTexts,
    WholeText,
    testing::Values(
        text_case{"Tagged", "reg.example/app:1.2", "reg.example/app:1.2", ""},
        text_case{"WithoutTag", "reg.example/app", "reg.example/app:latest", ""},
        text_case{"Bare", "nginx", "docker.io/library/nginx:latest", ""},
        text_case{
            "Digest",
            "reg.example/"
            "app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "",
            digest}
    ),
    testing_support::case_name()
);

TEST(WholeText, ThatIsNoImageIsLeftOut) {
    const image_texts made = images_that_are("reg.example/");
    EXPECT_TRUE(made.patterns.empty());
    EXPECT_EQ(made.note.find("is no image and is left out: "), 0U) << made.note;
}

} // namespace
} // namespace gatehouse::policy
