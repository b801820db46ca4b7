#include "server/addresses.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

bool is_internal(const std::string& text) {
    return server::is_internal(boost::asio::ip::make_address(text));
}

TEST(Addresses, InternalOnesAreKnown) {
    for (const char* text :
         {"0.0.0.0",
          "10.0.0.1",
          "100.64.0.1",
          "100.127.255.255",
          "127.0.0.1",
          "127.255.255.254",
          "169.254.169.254",
          "172.16.0.1",
          "172.31.255.255",
          "192.168.1.1",
          "224.0.0.1",
          "255.255.255.255",
          "::",
          "::1",
          "::ffff:10.0.0.1",
          "::ffff:127.0.0.1",
          "::10.0.0.1",
          "fe80::1",
          "fc00::1",
          "fd12:3456::1",
          "ff02::1",
          "64:ff9b::a00:1",
          "64:ff9b:1::808:808",
          "2002:a00:1::",
          "2001:0:4136:e378::",
          "fec0::1"}) {
        EXPECT_TRUE(is_internal(text)) << text;
    }
}

TEST(Addresses, PublicOnesAreNot) {
    for (const char* text :
         {"1.1.1.1",          "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
          "100.128.0.0",      "126.255.255.255", "128.0.0.1",       "169.253.255.255",
          "172.15.255.255",   "172.32.0.0",      "192.167.255.255", "192.169.0.0",
          "192.0.2.1",        "198.18.0.1",      "198.51.100.1",    "203.0.113.1",
          "223.255.255.255",  "2001:db8::1",     "2606:4700::1111", "::ffff:8.8.8.8",
          "64:ff9b::808:808", "2002:808:808::1"}) {
        EXPECT_FALSE(is_internal(text)) << text;
    }
}

} // namespace
} // namespace gatehouse::server
