#include "server/proxy_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

TEST(ProxyRules, ReadTheAddressOfAProxy) {
    const auto plain = parse_proxy("http://proxy.example:3128");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->host, "proxy.example");
    EXPECT_EQ(plain->port, 3128);
    const auto literal = parse_proxy("http://[fd00::1]:8080/");
    ASSERT_TRUE(literal);
    EXPECT_EQ(literal->host, "fd00::1");
    EXPECT_EQ(literal->port, 8080);
    EXPECT_EQ(parse_proxy("http://proxy")->port, 80);
    for (const char* wrong :
         {"https://p:1", "p:1", "http://", "http://p:0", "http://p:x", "http://[::1"}) {
        EXPECT_FALSE(parse_proxy(wrong)) << wrong;
    }
}

TEST(ProxyRules, KnowWhoIsReachedWithoutIt) {
    const std::vector<std::string> rules{
        ".svc", "Reg.example", "10.0.0.0/8", "192.0.2.7", "fd00::/8"};
    for (const char* host :
         {"a.svc", "reg.example", "REG.example", "10.1.2.3", "192.0.2.7", "fd00::1"}) {
        EXPECT_TRUE(goes_around_proxy(host, rules)) << host;
    }
    for (const char* host :
         {"svc", ".svc", "xsvc", "a.reg.example", "11.0.0.1", "192.0.2.8", "2606:4700::1"}) {
        EXPECT_FALSE(goes_around_proxy(host, rules)) << host;
    }
    EXPECT_TRUE(goes_around_proxy("anything", std::vector<std::string>{"*"}));
    EXPECT_FALSE(goes_around_proxy("anything", {}));
}

} // namespace
} // namespace gatehouse::server
