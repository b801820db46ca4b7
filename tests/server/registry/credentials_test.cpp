#include "server/registry/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<credential> parsed(std::string_view text) {
    auto made = parse_docker_config(text, "/etc/pull.json");
    EXPECT_TRUE(made) << made.error().detail();
    return made ? made.value() : std::vector<credential>();
}

std::string problem(std::string_view text) {
    const auto made = parse_docker_config(text, "/etc/pull.json");
    return made ? "" : made.error().detail();
}

/// Users of the entries that match, in order.
std::vector<std::string> users(std::string_view config, std::string_view name) {
    std::vector<std::string> found;
    for (const credential& one : matching_credentials(parsed(config), name)) {
        found.push_back(one.user);
    }
    return found;
}

TEST(DockerConfig, HasUserAndPassword) {
    const auto made = parsed(R"({"auths":{"reg.example":{"username":"u","password":"p:q"}}})");
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].user, "u");
    EXPECT_EQ(made[0].password.reveal(), "p:q");
    EXPECT_EQ(made[0].file, "/etc/pull.json");
}

TEST(DockerConfig, SplitsAuthAtTheFirstColon) {
    // base64 of "u:p:q"; it outweighs the fields beside it.
    const auto made = parsed(R"({"auths":{"reg.example":{"auth":"dTpwOnE=","username":"other"}}})");
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].user, "u");
    EXPECT_EQ(made[0].password.reveal(), "p:q");
}

TEST(DockerConfig, HasTokens) {
    const auto made = parsed(
        R"({"auths":{"a.example":{"identitytoken":"i"},"b.example":{"registrytoken":"r"},"c.example":{}}})"
    );
    ASSERT_EQ(made.size(), 2U);
    EXPECT_EQ(made[0].registry_token.reveal(), "r");
    EXPECT_EQ(made[1].identity_token.reveal(), "i");
}

TEST(DockerConfig, MayBeTheBareMap) {
    EXPECT_THAT(users(R"({"reg.example":{"username":"u"}})", "reg.example/app"), ElementsAre("u"));
    EXPECT_THAT(parsed(R"({"credsStore":"desktop"})"), IsEmpty());
}

TEST(DockerConfig, RefusalsNameTheEntryAndNoSecret) {
    EXPECT_EQ(problem("[]"), "/etc/pull.json is not a JSON object");
    EXPECT_EQ(problem("{"), "/etc/pull.json is not a JSON object");
    EXPECT_EQ(problem(R"({"auths":[]})"), "/etc/pull.json: auths is not an object");
    EXPECT_EQ(
        problem(R"({"auths":{"reg.example":5}})"),
        "/etc/pull.json: the entry \"reg.example\" is not an object"
    );
    EXPECT_EQ(
        problem(R"({"auths":{"reg.example":{"auth":"c2VjcmV0"}}})"),
        "/etc/pull.json: the entry \"reg.example\" has an auth that is not base64 of user:password"
    );
    EXPECT_EQ(problem(std::string((1U << 20U) + 1, ' ')), "/etc/pull.json is longer than 1 MiB");
}

TEST(Credentials, MatchAsTheKubeletDoes) {
    const std::string config = R"({"auths":{
        "https://reg.example/v2/":{"username":"host"},
        "reg.example/team":{"username":"team"},
        "*.example":{"username":"glob"},
        "reg.example:5000":{"username":"port"},
        "reg.example:443/team/app":{"username":"app"}}})";
    EXPECT_THAT(users(config, "reg.example/team/app"), ElementsAre("app", "team", "host", "glob"));
    EXPECT_THAT(users(config, "reg.example/other"), ElementsAre("host", "glob"));
    EXPECT_THAT(users(config, "reg.example:5000/team/app"), ElementsAre("port"));
    EXPECT_THAT(users(config, "a.reg.example/app"), IsEmpty());
    EXPECT_THAT(users(config, "reg.example.evil.net/app"), IsEmpty());
}

TEST(Credentials, TakeTheNamesOfDockerHubForOne) {
    for (const char* key : {"https://index.docker.io/v1/", "docker.io", "registry-1.docker.io"}) {
        const std::string config = std::string(R"({"auths":{")") + key + R"(":{"username":"u"}}})";
        EXPECT_THAT(users(config, "docker.io/library/nginx"), ElementsAre("u")) << key;
    }
}

TEST(Credentials, AreToldApartWithoutBeingShown) {
    const auto made = parsed(
        R"({"auths":{"a":{"username":"u","password":"p"},"b":{"username":"up","password":""},
            "c":{"username":"u","password":"p"}}})"
    );
    ASSERT_EQ(made.size(), 3U);
    EXPECT_EQ(made[0].hash(), made[2].hash());
    EXPECT_NE(made[0].hash(), made[1].hash());
    static_assert(!std::is_convertible_v<secret, std::string_view>);
}

} // namespace
} // namespace gatehouse::server
