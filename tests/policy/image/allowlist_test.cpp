#include "policy/image/allowlist.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

image_patterns patterns(std::initializer_list<std::string_view> texts) {
    std::vector<image_pattern> parsed;
    for (const std::string_view text : texts) {
        parsed.push_back(image_pattern::parse(text).value());
    }
    return image_patterns(std::move(parsed));
}

TEST(ImagePatterns, FindsTheFirstThatMatches) {
    const image_patterns list = patterns({"r.io/b", "r.io/**", "**"});
    const auto in_both = reference::parse("r.io/a").value();
    ASSERT_NE(list.find(in_both, "prod", pattern_use::permit), nullptr);
    EXPECT_EQ(list.find(in_both, "prod", pattern_use::permit)->text(), "r.io/**");
    EXPECT_EQ(list.find(in_both, "prod", pattern_use::permit), &list.all()[1]);
}

TEST(ImagePatterns, FindsNothingElse) {
    const image_patterns list = patterns({"r.io/a", "r.io/$(namespace)/**"});
    EXPECT_EQ(list.find(reference::parse("r.io/b").value(), "b", pattern_use::permit), nullptr);
    EXPECT_EQ(list.find(reference::parse("r.io/b/c").value(), "d", pattern_use::permit), nullptr);
    EXPECT_NE(list.find(reference::parse("r.io/b/c").value(), "b", pattern_use::permit), nullptr);
}

TEST(ImagePatterns, PassesTheUseOn) {
    const image_patterns list = patterns({"r.io/a:1"});
    const auto decorated = reference::parse(
        "r.io/a:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    );
    ASSERT_TRUE(decorated);
    EXPECT_EQ(list.find(decorated.value(), "prod", pattern_use::permit), nullptr);
    EXPECT_NE(list.find(decorated.value(), "prod", pattern_use::deny), nullptr);
}

TEST(ImagePatterns, AnEmptyListMatchesNothing) {
    const image_patterns none;
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.find(reference::parse("nginx").value(), "prod", pattern_use::permit), nullptr);
    EXPECT_EQ(none.summary(), "");
}

TEST(ImagePatterns, SummaryNamesTheFirstThree) {
    EXPECT_EQ(patterns({"a"}).summary(), "a");
    EXPECT_EQ(patterns({"a", "r.io/**", "c"}).summary(), "a, r.io/**, c");
    EXPECT_EQ(patterns({"a", "b", "c", "d"}).summary(), "a, b, c and 1 more");
    EXPECT_EQ(patterns({"a", "b", "c", "d", "e"}).summary(), "a, b, c and 2 more");
}

TEST(ImagePatterns, SummaryCutsLongPatterns) {
    const std::string long_one = std::string(200, 'a');
    EXPECT_EQ(patterns({long_one}).summary(), std::string(157, 'a') + "...");
}

/// Every way to look like an image that is allowed and not be one.
TEST(ImagePatterns, LetsNoLookAlikeIn) {
    const image_patterns list = patterns({
        "reg.example/app",
        "reg.example/team/**",
        "*.cdn.example/base/*",
        "reg:5000/tools/**:v*",
        "nginx",
        "quay.example:8443/$(namespace)/*",
    });
    const std::vector<std::string_view> look_alikes = {
        "reg.example/app-x",
        "reg.example/xapp",
        "reg.example/app/x",
        "reg.example/apps",
        "reg.example.evil.net/app",
        "evil-reg.example/app",
        "evil.reg.example/app",
        "evil.net/reg.example/app",
        "reg.example:5000/app",
        "reg.example:80/app",
        "reg-example/app",
        "reg.example.com/app",
        "reg.exampl/app",
        "reg.example/team",
        "reg.example/team-x/app",
        "reg.example/a/team/app",
        "evil.net/reg.example/team/app",
        "reg.example.evil.net/team/app",
        "cdn.example/base/x",
        "a.b.cdn.example/base/x",
        "a.cdn.example.evil.net/base/x",
        "a.cdn.example/base/x/y",
        "a.cdn.example/base",
        "a.cdn.example:5000/base/x",
        "acdn.example/base/x",
        "reg/tools/x:v1",
        "reg:5001/tools/x:v1",
        "reg:5000/tools/x:1",
        "reg:5000/tools/x",
        "reg:5000/tools:v1",
        "reg:5000.evil.net/tools/x:v1",
        "evil/nginx",
        "nginx-x",
        "nginx/nginx",
        "evil.net/nginx",
        "evil.net/library/nginx",
        "docker.io.evil.net/nginx",
        "docker.io/docker.io/nginx",
        "docker.io/library/library/nginx",
        "docker.io:5000/nginx",
        "localhost/nginx",
        "quay.example:8443/test/app",
        "quay.example/prod/app",
        "quay.example:8443/prod/app/x",
        "quay.example:8443/prod",
        "quay.example:8443/prod-2/app",
    };
    for (const std::string_view text : look_alikes) {
        const auto parsed = reference::parse(text);
        if (parsed) {
            EXPECT_EQ(list.find(parsed.value(), "prod", pattern_use::permit), nullptr) << text;
        } else {
            EXPECT_EQ(text, "reg:5000.evil.net/tools/x:v1") << parsed.error().detail();
        }
    }
}

} // namespace
} // namespace gatehouse::policy
