#include "server/registry/challenge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;

TEST(Challenge, IsTakenApart) {
    const auto found = parse_challenges(
        R"(Bearer realm="https://auth.example/token",service="reg.example",scope="repository:team/app:pull")"
    );
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].scheme, "bearer");
    EXPECT_EQ(found[0].parameter("realm"), "https://auth.example/token");
    EXPECT_EQ(found[0].parameter("service"), "reg.example");
    EXPECT_EQ(found[0].parameter("scope"), "repository:team/app:pull");
    EXPECT_EQ(found[0].parameter("other"), "");
}

TEST(Challenge, StandsBesideOthersInOneHeader) {
    const auto found =
        parse_challenges(R"(Negotiate, Basic realm="a, \"b\"" , , BEARER Realm = x)");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].scheme, "negotiate");
    EXPECT_EQ(found[1].parameter("realm"), "a, \"b\"");
    EXPECT_EQ(found[2].scheme, "bearer");
    EXPECT_EQ(found[2].parameter("realm"), "x");
}

TEST(Challenge, KeepsTheTrailingSlashOfSwr) {
    const auto found = parse_challenges(
        R"(Bearer realm="https://swr.cn-north-4.myhuaweicloud.com/swr/auth/v2/registry/auth/",service="dockyard",scope="repository:x/y:")"
    );
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(
        found[0].parameter("realm"),
        "https://swr.cn-north-4.myhuaweicloud.com/swr/auth/v2/registry/auth/"
    );
    EXPECT_EQ(found[0].parameter("scope"), "repository:x/y:");
}

TEST(Challenge, EndsWhereItIsNotWellFormed) {
    EXPECT_TRUE(parse_challenges("").empty());
    EXPECT_TRUE(parse_challenges("=x").empty());
    EXPECT_TRUE(parse_challenges("realm=\"x\"").empty());
    EXPECT_EQ(parse_challenges("Bearer realm=\"open").front().parameter("realm"), "");
    EXPECT_EQ(parse_challenges("Basic realm=x, \x01").size(), 1U);
}

TEST(Challenge, IsBounded) {
    EXPECT_TRUE(parse_challenges("Basic realm=" + std::string(20'000, 'x')).empty());
    std::string many;
    for (int i = 0; i < 100; ++i) {
        many += "Basic, ";
    }
    EXPECT_EQ(parse_challenges(many).size(), 16U);
    std::string wide = "Basic ";
    for (int i = 0; i < 100; ++i) {
        wide += "a=b, ";
    }
    EXPECT_EQ(parse_challenges(wide).front().parameters.size(), 32U);
}

TEST(PullScopes, AreTheChallengesWithPullAlone) {
    EXPECT_THAT(
        pull_scopes("repository:x/y: repository:a/b:pull,push registry:catalog:*", "team/app"),
        ElementsAre("repository:x/y:pull", "repository:a/b:pull")
    );
}

TEST(PullScopes, AreTheRepositorysWhereNoneIsNamed) {
    EXPECT_THAT(pull_scopes("", "team/app"), ElementsAre("repository:team/app:pull"));
    EXPECT_THAT(pull_scopes("registry:catalog:*", "a"), ElementsAre("repository:a:pull"));
    EXPECT_THAT(pull_scopes("repository:", "a"), ElementsAre("repository:a:pull"));
}

} // namespace
} // namespace gatehouse::server
