#include "server/registry/url.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

std::string shown(const policy::result<url>& made) {
    if (!made) {
        return made.error().detail();
    }
    const std::string scheme = made.value().scheme == url_scheme::https ? "https" : "http";
    return scheme + " " + made.value().authority() + " " + made.value().target;
}

TEST(Url, IsTakenApart) {
    EXPECT_EQ(shown(parse_url("https://Reg.Example/v2/a?b=c#d")), "https reg.example /v2/a?b=c");
    EXPECT_EQ(shown(parse_url("http://reg:5000")), "http reg:5000 /");
    EXPECT_EQ(shown(parse_url("https://reg:443?x")), "https reg /?x");
    EXPECT_EQ(shown(parse_url("https://[::1]:5000/")), "https [::1]:5000 /");
}

TEST(Url, IsRefused) {
    EXPECT_EQ(shown(parse_url("ftp://reg/")), "\"ftp://reg/\" is not an https or http address");
    EXPECT_EQ(shown(parse_url("https://u:p@reg/")), "\"u:p@reg\" is not a host with a port");
    EXPECT_EQ(shown(parse_url("https://reg:0/")), "\"reg:0\" is not a host with a port");
    EXPECT_EQ(shown(parse_url("https://reg:/")), "\"reg:\" is not a host with a port");
    EXPECT_EQ(shown(parse_url("https:///x")), "\"\" is not a host with a port");
    EXPECT_EQ(shown(parse_url("https://[::1/x")), "\"[::1\" is not a host with a port");
    EXPECT_EQ(
        shown(parse_url("https://reg/a\r\nX: y")),
        "\"https://reg/a\\r\\nX: y\" has a space or a control character"
    );
    EXPECT_FALSE(parse_url("https://reg/" + std::string(9000, 'x')));
}

TEST(Url, IsRelativeToAnother) {
    const url base = parse_url("https://reg.example:5000/v2/a/b?c").value();
    EXPECT_EQ(shown(resolve_url(base, "/x?y")), "https reg.example:5000 /x?y");
    EXPECT_EQ(shown(resolve_url(base, "?y")), "https reg.example:5000 /v2/a/b?y");
    EXPECT_EQ(shown(resolve_url(base, "x")), "https reg.example:5000 /v2/a/x");
    EXPECT_EQ(shown(resolve_url(base, "//other/x")), "https other /x");
    EXPECT_EQ(shown(resolve_url(base, "http://other/x")), "http other /x");
    EXPECT_EQ(shown(resolve_url(base, "/x?u=https://y")), "https reg.example:5000 /x?u=https://y");
}

TEST(Url, PercentEncodesWhatIsNotPlain) {
    EXPECT_EQ(percent_encoded("repository:a/b:pull +~"), "repository%3Aa%2Fb%3Apull%20%2B~");
}

} // namespace
} // namespace gatehouse::server
