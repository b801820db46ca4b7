#include "policy/image/pattern.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace gatehouse::policy {
namespace {

const std::string digest =
    "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

image_pattern pattern(std::string_view text) {
    auto parsed = image_pattern::parse(text);
    if (!parsed) {
        throw std::runtime_error(std::string(text) + ": " + parsed.error().detail());
    }
    return parsed.value();
}

reference image(std::string_view text) {
    auto parsed = reference::parse(text);
    if (!parsed) {
        throw std::runtime_error(std::string(text) + ": " + parsed.error().detail());
    }
    return parsed.value();
}

struct match_case {
    std::string name;
    std::string pattern;
    std::string image;
    bool matches;
};

class PatternMatch : public testing::TestWithParam<match_case> {};

TEST_P(PatternMatch, IsTheSameInEveryUse) {
    const image_pattern tested = pattern(GetParam().pattern);
    const reference against = image(GetParam().image);
    EXPECT_EQ(tested.matches(against, "prod", pattern_use::permit), GetParam().matches);
    EXPECT_EQ(tested.matches(against, "prod", pattern_use::deny), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Literal,
    PatternMatch,
    testing::Values(
        match_case{"Itself", "reg.example/app", "reg.example/app", true},
        match_case{"AnyTag", "reg.example/app", "reg.example/app:1.2", true},
        match_case{"AnyDigest", "reg.example/app", "reg.example/app" + digest, true},
        match_case{"TagAndDigest", "reg.example/app", "reg.example/app:1" + digest, true},
        match_case{"LongerName", "reg.example/app", "reg.example/app-x", false},
        match_case{"ShorterName", "reg.example/app", "reg.example/ap", false},
        match_case{"DeeperPath", "reg.example/app", "reg.example/app/x", false},
        match_case{"ShallowerPath", "reg.example/team/app", "reg.example/team", false},
        match_case{"LongerHost", "reg.example/app", "reg.example.evil.net/app", false},
        match_case{"LongerFirstLabel", "reg.example/app", "xreg.example/app", false},
        match_case{"SubDomain", "reg.example/app", "a.reg.example/app", false},
        match_case{"HostInPath", "reg.example/app", "evil.net/reg.example/app", false},
        match_case{"HostAsImage", "reg.example/app", "reg.example", false},
        match_case{"OtherPort", "reg.example/app", "reg.example:5000/app", false},
        match_case{"DashForDot", "reg.example/app", "reg-example/app", false},
        match_case{"PathIsCaseFree", "REG.Example/app", "reg.EXAMPLE/app", true},
        match_case{"HttpsPortInPattern", "reg.example:443/app", "reg.example/app", true},
        match_case{"HttpsPortInImage", "reg.example/app", "reg.example:0443/app", true},
        match_case{"HttpsPortOddlyWritten", "reg.example:00443/app", "reg.example:443/app", true},
        match_case{"SamePort", "reg.example:5000/app", "reg.example:05000/app", true},
        match_case{"Localhost", "localhost/app", "localhost:443/app", true},
        match_case{"LocalhostOtherPort", "localhost/app", "localhost:5000/app", false},
        match_case{"OneLabelHost", "reg:443/app", "reg:443/app", true},
        match_case{"OneLabelHostIsNoUser", "reg:443/app", "reg/app", false},
        match_case{"UserIsNoOneLabelHost", "reg/app", "reg:443/app", false},
        match_case{"Ipv6", "[2001:DB8::1]:5000/app", "[2001:db8:0:0::1]:5000/app", true},
        match_case{"Ipv6OtherPort", "[::1]:5000/app", "[::1]:5001/app", false}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    DockerHub,
    PatternMatch,
    testing::Values(
        match_case{"Bare", "nginx", "nginx:1.27", true},
        match_case{"BareInFull", "nginx", "docker.io/library/nginx", true},
        match_case{"FullOnBare", "docker.io/library/nginx", "nginx", true},
        match_case{"ShortHub", "docker.io/nginx", "index.docker.io/library/nginx", true},
        match_case{"Index", "index.docker.io/nginx", "nginx", true},
        match_case{"Registry1", "registry-1.docker.io:443/library/nginx", "nginx", true},
        match_case{"HubInUpperCase", "Docker.IO/nginx", "nginx", true},
        match_case{"BareIsNotElsewhere", "nginx", "reg.example/library/nginx", false},
        match_case{"BareIsNoUser", "nginx", "evil/nginx", false},
        match_case{"User", "grafana/loki", "docker.io/grafana/loki:3", true},
        match_case{"StarIsOfficial", "*", "nginx", true},
        match_case{"StarIsOnlyOfficial", "*", "evil/nginx", false},
        match_case{"StarIsOnlyHub", "*", "reg.example/nginx", false},
        match_case{"HubStarIsOfficial", "docker.io/*", "nginx", true},
        match_case{"HubStarIsOnlyOfficial", "docker.io/*", "evil/nginx", false},
        match_case{"HubAllIsAll", "docker.io/**", "grafana/loki", true},
        match_case{"HubAllIsOfficialToo", "docker.io/**", "nginx", true},
        match_case{"HubAllIsOnlyHub", "docker.io/**", "docker.io.evil.net/nginx", false},
        match_case{"HubTwoStars", "docker.io/*/*", "nginx", true},
        match_case{"BareWithDotIsNoHost", "reg.example", "reg.example/app", false},
        match_case{"BareWithDotIsOfficial", "reg.example", "docker.io/library/reg.example", true},
        match_case{"BareWithPortIsTag", "reg:5000", "docker.io/library/reg:5000", true},
        match_case{"OtherPortHasNoLibrary", "docker.io:5000/nginx", "docker.io:5000/nginx", true},
        match_case{"NamespaceIsOfficial", "$(namespace)", "docker.io/library/prod", true}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Stars,
    PatternMatch,
    testing::Values(
        match_case{"OneSegment", "r.io/*", "r.io/a", true},
        match_case{"NotTwoSegments", "r.io/*", "r.io/a/b", false},
        match_case{"InTheMiddle", "r.io/*/c", "r.io/a/c", true},
        match_case{"InTheMiddleNotNone", "r.io/*/c", "r.io/c", false},
        match_case{"Prefix", "r.io/app-*", "r.io/app-x", true},
        match_case{"PrefixMayTakeNothing", "r.io/app*", "r.io/app", true},
        match_case{"PrefixStopsAtSlash", "r.io/app*", "r.io/app/x", false},
        match_case{"Suffix", "r.io/*-app", "r.io/my-app", true},
        match_case{"Inside", "r.io/a*z", "r.io/a.b.z", true},
        match_case{"InsideTakesNothing", "r.io/a*z", "r.io/az", true},
        match_case{"TwoInside", "r.io/*a*", "r.io/bab", true},
        match_case{"TwoInsideMiss", "r.io/*a*", "r.io/bbb", false},
        match_case{"UserPrefix", "team*/app", "docker.io/team-a/app", true},
        match_case{"UserPrefixIsNoHost", "reg*/app", "reg.example/app", false}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    DoubleStars,
    PatternMatch,
    testing::Values(
        match_case{"AtTheEndTakesOne", "r.io/**", "r.io/a", true},
        match_case{"AtTheEndTakesMany", "r.io/**", "r.io/a/b/c/d", true},
        match_case{"AtTheEndNotNone", "r.io/a/**", "r.io/a", false},
        match_case{"AtTheEndNotALongerSegment", "r.io/a/**", "r.io/ab/c", false},
        match_case{"InTheMiddleTakesNone", "r.io/a/**/z", "r.io/a/z", true},
        match_case{"InTheMiddleTakesMany", "r.io/a/**/z", "r.io/a/b/c/z", true},
        match_case{"InTheMiddleNotAPart", "r.io/a/**/z", "r.io/a/b/xz", false},
        match_case{"BehindTheHostTakesNone", "r.io/**/z", "r.io/z", true},
        match_case{"Backtracks", "r.io/**/a/b", "r.io/a/a/b/a/b", true},
        match_case{"BacktracksInVain", "r.io/**/a/b", "r.io/a/a/b/a/c", false},
        match_case{"TwoTakeNothing", "r.io/**/a/**/b", "r.io/a/b", true},
        match_case{"TwoInARow", "r.io/**/**/b", "r.io/b", true},
        match_case{"TwoAtTheEnd", "r.io/**/**", "r.io/a", true},
        match_case{"FirstIsAnyRegistry", "**/app", "reg.example/app", true},
        match_case{"FirstIsAnyLeadingSegments", "**/app", "reg.example/a/b/app", true},
        match_case{"FirstIsHubToo", "**/nginx", "nginx", true},
        match_case{"FirstIsAnyPort", "**/app", "reg:5000/app", true},
        match_case{"FirstIsIpv6Too", "**/app", "[::1]:5000/app", true},
        match_case{"FirstOnSegmentBorders", "**/app", "reg.example/my-app", false},
        match_case{"FirstIsAnchored", "**/app", "reg.example/app/x", false},
        match_case{"FirstTakesTheRegistry", "**/reg.example/app", "reg.example/app", false},
        match_case{"RegistryLookAlikeInPath", "**/reg.example/app", "r.io/reg.example/app", true},
        match_case{"Legacy", "**/legacy/**", "reg.example/team/legacy/app", true},
        match_case{"LegacyOnHub", "**/legacy/**", "legacy/app", true},
        match_case{"LegacyAtTheEnd", "**/legacy/**", "reg.example/team/legacy", false},
        match_case{"LegacyLookAlike", "**/legacy/**", "reg.example/legacy-free/app", false},
        match_case{"AloneIsEvery", "**", "nginx", true},
        match_case{"AloneIsEveryRegistry", "**", "reg:5000/a/b/c:1" + digest, true},
        match_case{"TwiceIsEvery", "**/**", "nginx", true},
        match_case{"ThenStar", "**/*", "localhost/a", true}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    HostWildcards,
    PatternMatch,
    testing::Values(
        match_case{"OneLabel", "*.reg.example/app", "eu.reg.example/app", true},
        match_case{"NotTwoLabels", "*.reg.example/app", "a.eu.reg.example/app", false},
        match_case{"NotNoLabel", "*.reg.example/app", "reg.example/app", false},
        match_case{"NotAnotherDomain", "*.reg.example/app", "eu.reg.example.evil.net/app", false},
        match_case{"PartOfALabel", "reg-*.example/app", "reg-eu.example/app", true},
        match_case{"PartOfALabelTakesNothing", "reg*.example/app", "reg.example/app", true},
        match_case{"PartStopsAtDot", "reg*.example/app", "reg.evil.example/app", false},
        match_case{"LastLabel", "reg.*/app", "reg.example/app", true},
        match_case{"LastLabelNotTwo", "reg.*/app", "reg.evil.net/app", false},
        match_case{"UpperCase", "*.REG.example/app", "eu.reg.example/app", true},
        match_case{"SamePort", "*.reg.example:5000/app", "eu.reg.example:5000/app", true},
        match_case{"OtherPort", "*.reg.example:5000/app", "eu.reg.example/app", false},
        match_case{"NoPort", "*.reg.example/app", "eu.reg.example:5000/app", false},
        match_case{"HttpsPort", "*.reg.example:443/app", "eu.reg.example/app", true},
        match_case{"OneLabelHostAnyName", "*:5000/app", "reg:5000/app", true},
        match_case{"OneLabelHostLocalhost", "*:5000/app", "localhost:5000/app", true},
        match_case{"OneLabelHostNotDotted", "*:5000/app", "reg.example:5000/app", false},
        match_case{"OneLabelHostHttps", "*:443/app", "reg:443/app", true},
        match_case{"OneLabelHostHttpsLocalhost", "*:443/app", "localhost/app", true},
        match_case{"OneLabelHostIsNotHub", "*:443/app", "reg/app", false},
        match_case{"NotIpv6", "*:5000/app", "[::1]:5000/app", false},
        match_case{"NotIpv6WithoutPort", "*:443/app", "[::1]/app", false},
        match_case{"Ipv4", "10.0.*.*/app", "10.0.3.4/app", true},
        match_case{"NoLibrary", "docker.*/nginx", "docker.io/library/nginx", false},
        match_case{"LookAlikeOfHub", "docker.*/nginx", "docker.evil/nginx", true},
        match_case{"FoldedHostIsHub", "*.docker.io/**", "index.docker.io/nginx", false}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Tags,
    PatternMatch,
    testing::Values(
        match_case{"Itself", "r.io/a:1", "r.io/a:1", true},
        match_case{"Other", "r.io/a:1", "r.io/a:2", false},
        match_case{"Anchored", "r.io/a:1", "r.io/a:1.2", false},
        match_case{"CaseSensitive", "r.io/a:v1", "r.io/a:V1", false},
        match_case{"Glob", "r.io/a:1.*", "r.io/a:1.27", true},
        match_case{"GlobOther", "r.io/a:1.*", "r.io/a:2.1", false},
        match_case{"GlobOfAll", "r.io/a:*", "r.io/a:1", true},
        match_case{"AbsentIsLatest", "r.io/a:latest", "r.io/a", true},
        match_case{"GlobOnAbsent", "r.io/a:1*", "r.io/a", false},
        match_case{"OnBareName", "nginx:1.*", "nginx:1.27", true},
        match_case{"BehindDoubleStar", "r.io/**:v1", "r.io/a/b:v1", true},
        match_case{"BehindDoubleStarOther", "r.io/**:v1", "r.io/a/b:v2", false},
        match_case{"OfEveryImage", "**:v1", "nginx:v1", true},
        match_case{"OfEveryImageOther", "**:v1", "nginx", false},
        match_case{"DigestAloneHasNone", "r.io/a:*", "r.io/a" + digest, false},
        match_case{"PortIsNoTag", "reg:5000/a:1", "reg:5000/a:1", true}
    ),
    testing_support::case_name()
);

TEST(Pattern, WithADigestATagMatchesOnlyToDeny) {
    const reference decorated = image("r.io/a:1" + digest);
    const image_pattern tagged = pattern("r.io/a:1");
    EXPECT_FALSE(tagged.matches(decorated, "prod", pattern_use::permit));
    EXPECT_TRUE(tagged.matches(decorated, "prod", pattern_use::deny));
    EXPECT_FALSE(pattern("r.io/a:2").matches(decorated, "prod", pattern_use::deny));
}

TEST(Pattern, NamespaceIsOneWholeSegment) {
    const image_pattern own = pattern("reg.example/$(namespace)/**");
    const auto in = [&](std::string_view namespace_name, std::string_view text) {
        return own.matches(image(text), namespace_name, pattern_use::permit);
    };
    EXPECT_TRUE(in("prod", "reg.example/prod/app"));
    EXPECT_FALSE(in("prod", "reg.example/test/app"));
    EXPECT_FALSE(in("prod", "reg.example/prod-2/app"));
    EXPECT_FALSE(in("prod", "reg.example/prod"));
    EXPECT_FALSE(in("", "reg.example/prod/app"));
    EXPECT_FALSE(in("*", "reg.example/prod/app"));
    EXPECT_FALSE(in("**", "reg.example/a/app"));
    EXPECT_FALSE(in("prod/app", "reg.example/prod/app/x"));
}

TEST(Pattern, NamespaceMayHaveATag) {
    EXPECT_TRUE(pattern("r.io/$(namespace):1").matches(image("r.io/x:1"), "x", pattern_use::permit)
    );
    EXPECT_FALSE(pattern("r.io/$(namespace):1").matches(image("r.io/x:2"), "x", pattern_use::permit)
    );
}

TEST(Pattern, KeepsItsText) {
    EXPECT_EQ(pattern("INDEX.docker.io:0443/nginx").text(), "INDEX.docker.io:0443/nginx");
}

TEST(Pattern, KnowsHostWildcards) {
    for (const std::string_view wild : {"**", "**/app", "*.reg.example/app", "reg*:5000/app"}) {
        EXPECT_TRUE(pattern(wild).has_host_wildcard()) << wild;
    }
    for (const std::string_view tame : {"*", "nginx", "r.io/**", "team*/app", "r.io/*:*"}) {
        EXPECT_FALSE(pattern(tame).has_host_wildcard()) << tame;
    }
}

TEST(Pattern, ManyDoubleStarsStayCheap) {
    std::string text = "**";
    for (int i = 0; i < 84; ++i) {
        text += "/a/**";
    }
    std::string path = "r.io";
    while (path.size() < 250) {
        path += "/a";
    }
    EXPECT_TRUE(pattern(text).matches(image(path), "prod", pattern_use::permit));
    EXPECT_FALSE(pattern(text + "/b").matches(image(path), "prod", pattern_use::permit));
    std::string stars = "r.io/";
    while (stars.size() < 500) {
        stars += "*a";
    }
    const reference one_segment = image("r.io/" + std::string(250, 'a'));
    EXPECT_FALSE(pattern(stars + "*b").matches(one_segment, "prod", pattern_use::permit));
}

} // namespace
} // namespace gatehouse::policy
