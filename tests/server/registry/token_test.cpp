#include "server/registry/token.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;

std::string problem(std::string_view body) {
    const auto made = parse_token(body);
    return made ? "" : made.error().detail();
}

TEST(Token, IsReadUnderEitherName) {
    EXPECT_EQ(parse_token(R"({"token":"a","access_token":"b"})").value().value.reveal(), "a");
    EXPECT_EQ(parse_token(R"({"token":"","access_token":"b"})").value().value.reveal(), "b");
}

TEST(Token, LivesAMinuteUnlessItSaysOtherwise) {
    EXPECT_EQ(parse_token(R"({"token":"a"})").value().lives, 60s);
    EXPECT_EQ(parse_token(R"({"token":"a","expires_in":-1})").value().lives, 60s);
    EXPECT_EQ(parse_token(R"({"token":"a","expires_in":900})").value().lives, 900s);
    EXPECT_EQ(parse_token(R"({"token":"a","expires_in":99999999})").value().lives, 1h);
}

TEST(Token, IsRefused) {
    EXPECT_EQ(problem("[]"), "is not a JSON object");
    EXPECT_EQ(problem("{}"), "has no token");
    EXPECT_EQ(problem(R"({"token":"a\r\nX: y"})"), "has a token that cannot stand in a header");
    EXPECT_EQ(problem(std::string(70'000, ' ')), "is longer than 64 KiB");
}

TEST(Token, IsAskedForBehindARealmsOwnQuery) {
    const token_service service{
        parse_url("https://auth.example/t?x=1").value(),
        "a b",
        {"repository:x:pull", "repository:y:pull"}};
    const auto made = token_request(service, nullptr, token_method::get);
    EXPECT_EQ(
        made.target, "/t?x=1&service=a%20b&scope=repository%3Ax%3Apull&scope=repository%3Ay%3Apull"
    );
    EXPECT_EQ(made.most_body_bytes, 65536U);
}

TEST(TokenCache, ForgetsInTime) {
    token_cache cache;
    const tick_time now{};
    cache.keep("k", {secret("t"), 60s}, now);
    EXPECT_TRUE(cache.find("k", now + 54s));
    EXPECT_FALSE(cache.find("k", now + 55s)) << "it would end on the way";
    cache.drop("k");
    EXPECT_FALSE(cache.find("k", now));
}

TEST(TokenCache, IsBounded) {
    token_cache cache;
    for (int i = 0; i < 1100; ++i) {
        cache.keep(std::to_string(10'000 + i), {secret("t"), 60s}, tick_time());
    }
    EXPECT_FALSE(cache.find("10000", tick_time()));
    EXPECT_TRUE(cache.find("11099", tick_time()));
}

TEST(TokenCache, KeepsCredentialsAndServicesApart) {
    token_service service{parse_url("https://auth.example/t").value(), "s", {"repository:x:pull"}};
    credential with;
    with.user = "u";
    const std::string anonymous = token_cache::key("reg.example", service, nullptr);
    EXPECT_NE(token_cache::key("reg.example", service, &with), anonymous);
    EXPECT_NE(token_cache::key("other.example", service, nullptr), anonymous);
    service.scopes = {"repository:y:pull"};
    EXPECT_NE(token_cache::key("reg.example", service, nullptr), anonymous);
}

} // namespace
} // namespace gatehouse::server
