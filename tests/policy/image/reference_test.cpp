#include "policy/image/reference.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

const std::string hex32 = "0123456789abcdef0123456789abcdef";
const std::string hex64 = hex32 + hex32;
const std::string sha256 = "sha256:" + hex64;
const std::string sha512 = "sha512:" + hex64 + hex64;

struct good_case {
    std::string name;
    std::string text;
    std::string registry;
    std::string repository;
    std::string tag = "latest";
    std::string digest = "";
};

class GoodReference : public testing::TestWithParam<good_case> {};

TEST_P(GoodReference, IsTakenApart) {
    const auto parsed = reference::parse(GetParam().text);
    ASSERT_TRUE(parsed) << parsed.error().detail();
    EXPECT_EQ(parsed.value().registry(), GetParam().registry);
    EXPECT_EQ(parsed.value().repository(), GetParam().repository);
    EXPECT_EQ(parsed.value().tag(), GetParam().tag);
    EXPECT_EQ(parsed.value().digest(), GetParam().digest);
    const std::string name = GetParam().registry + "/" + GetParam().repository;
    EXPECT_EQ(parsed.value().name(), name);
    EXPECT_EQ(
        parsed.value().text(),
        name + (GetParam().tag.empty() ? "" : ":" + GetParam().tag)
            + (GetParam().digest.empty() ? "" : "@" + GetParam().digest)
    );
}

TEST_P(GoodReference, IsTheSameFromItsCanonicalText) {
    const auto once = reference::parse(GetParam().text);
    ASSERT_TRUE(once) << once.error().detail();
    const auto twice = reference::parse(once.value().text());
    ASSERT_TRUE(twice) << twice.error().detail();
    EXPECT_EQ(twice.value().text(), once.value().text());
    EXPECT_EQ(twice.value(), once.value());
    EXPECT_EQ(twice.value().registry(), once.value().registry());
    EXPECT_EQ(twice.value().tag(), once.value().tag());
    EXPECT_EQ(twice.value().digest(), once.value().digest());
}

INSTANTIATE_TEST_SUITE_P(
    ShortNames,
    GoodReference,
    testing::Values(
        good_case{"Bare", "nginx", "docker.io", "library/nginx"},
        good_case{"BareWithTag", "nginx:1.27", "docker.io", "library/nginx", "1.27"},
        good_case{"BareWithDigest", "nginx@" + sha256, "docker.io", "library/nginx", "", sha256},
        good_case{"BareWithDot", "example.com", "docker.io", "library/example.com"},
        good_case{"BareThatLooksLikeHostAndPort", "reg:5000", "docker.io", "library/reg", "5000"},
        good_case{"BareLocalhost", "localhost", "docker.io", "library/localhost"},
        good_case{"User", "grafana/grafana", "docker.io", "grafana/grafana"},
        good_case{"DeepPath", "a/b/c/d:x", "docker.io", "a/b/c/d", "x"},
        good_case{"LibraryByName", "library/nginx", "docker.io", "library/nginx"},
        good_case{"UserWithUnderscore", "a_b/c__d", "docker.io", "a_b/c__d"},
        good_case{"AlmostLocalhost", "localhosts/app", "docker.io", "localhosts/app"},
        good_case{
            "SixtyThreeHexDigits",
            hex64.substr(1),
            "docker.io",
            "library/" + hex64.substr(1)},
        good_case{"HexNameBelowAUser", "user/" + hex64, "docker.io", "user/" + hex64},
        good_case{"HexNameOnDockerHub", "docker.io/" + hex64, "docker.io", "library/" + hex64},
        good_case{
            "TagThatIsTooShortForAnId",
            "sha256:" + hex32,
            "docker.io",
            "library/sha256",
            hex32}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    DockerHub,
    GoodReference,
    testing::Values(
        good_case{"ByName", "docker.io/nginx", "docker.io", "library/nginx"},
        good_case{"ByNameAndUser", "docker.io/grafana/loki:3", "docker.io", "grafana/loki", "3"},
        good_case{"InUpperCase", "Docker.IO/nginx", "docker.io", "library/nginx"},
        good_case{"Index", "index.docker.io/nginx", "docker.io", "library/nginx"},
        good_case{"IndexWithUser", "index.docker.io/a/b", "docker.io", "a/b"},
        good_case{"IndexWithPort", "INDEX.docker.io:0443/nginx", "docker.io", "library/nginx"},
        good_case{"Registry1", "registry-1.docker.io/nginx", "docker.io", "library/nginx"},
        good_case{"Registry1WithPort", "registry-1.docker.io:443/a/b", "docker.io", "a/b"},
        good_case{"WithPort", "docker.io:443/nginx", "docker.io", "library/nginx"},
        good_case{"OtherPort", "docker.io:5000/nginx", "docker.io:5000", "nginx"},
        good_case{"IndexOtherPort", "index.docker.io:80/nginx", "index.docker.io:80", "nginx"},
        good_case{"LookAlike", "docker.io.evil.net/nginx", "docker.io.evil.net", "nginx"},
        good_case{"Subdomain", "registry.docker.io/nginx", "registry.docker.io", "nginx"},
        good_case{"InThePath", "evil.net/docker.io/nginx", "evil.net", "docker.io/nginx"}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Registries,
    GoodReference,
    testing::Values(
        good_case{"Dot", "reg.example/app", "reg.example", "app"},
        good_case{"UpperCase", "REG.Example/app:V1", "reg.example", "app", "V1"},
        good_case{"Localhost", "localhost/app", "localhost", "app"},
        good_case{"LocalhostWithPort", "localhost:5000/app", "localhost:5000", "app"},
        good_case{"LocalhostWithHttpsPort", "localhost:443/app", "localhost", "app"},
        good_case{"LocalhostInUpperCaseWithPort", "LOCALHOST:5000/app", "localhost:5000", "app"},
        good_case{"OneLabelWithPort", "reg:5000/app:1", "reg:5000", "app", "1"},
        good_case{"OneLabelKeepsItsHttpsPort", "reg:443/app", "reg:443", "app"},
        good_case{"OneLabelWithZeros", "reg:0443/app", "reg:443", "app"},
        good_case{"NumberAsTagAndPort", "nginx:1/app:2", "nginx:1", "app", "2"},
        good_case{"HttpsPort", "reg.example:443/app", "reg.example", "app"},
        good_case{"HttpsPortWithZero", "reg.example:0443/app", "reg.example", "app"},
        good_case{"HttpsPortWithManyZeros", "reg.example:0000000443/app", "reg.example", "app"},
        good_case{"OtherPort", "reg.example:8443/app", "reg.example:8443", "app"},
        good_case{"OtherPortWithZero", "reg.example:05000/app", "reg.example:5000", "app"},
        good_case{"HttpPortStays", "reg.example:80/app", "reg.example:80", "app"},
        good_case{"LastPort", "reg.example:65535/app", "reg.example:65535", "app"},
        good_case{"PunyCode", "xn--n3h.com/app:xn--n3h.com", "xn--n3h.com", "app", "xn--n3h.com"},
        good_case{"OneLetterLabels", "a.b/c", "a.b", "c"},
        good_case{"DoubleDashInHost", "a--b.c/d", "a--b.c", "d"},
        good_case{"Ipv4", "192.168.1.1/app", "192.168.1.1", "app"},
        good_case{"Ipv4WithPort", "192.168.1.1:5000/app:5050", "192.168.1.1:5000", "app", "5050"},
        good_case{"Ipv6", "[2001:db8::1]/app", "[2001:db8::1]", "app"},
        good_case{"Ipv6WithPort", "[2001:db8::1]:5000/app:1", "[2001:db8::1]:5000", "app", "1"},
        good_case{"Ipv6HttpsPort", "[2001:db8::1]:443/app", "[2001:db8::1]", "app"},
        good_case{"Ipv6InFull", "[2001:db8:1:2:3:4:5:6]/app", "[2001:db8:1:2:3:4:5:6]", "app"},
        good_case{"Ipv6UpperCase", "[2001:DB8::A]/app", "[2001:db8::a]", "app"},
        good_case{"Ipv6Zeros", "[0:0:0:0:0:0:0:1]/app", "[::1]", "app"},
        good_case{"Ipv6AllZeros", "[0::0]/app", "[::]", "app"},
        good_case{"Ipv6LeadingZeros", "[2001:0db8:0000::0001]/app", "[2001:db8::1]", "app"},
        good_case{"Ipv6LongestRun", "[1:0:0:2:0:0:0:3]/app", "[1:0:0:2::3]", "app"},
        good_case{"Ipv6FirstOfEqualRuns", "[1:0:0:2:3:0:0:4]/app", "[1::2:3:0:0:4]", "app"},
        good_case{"Ipv6LoneZeroStays", "[1:0:2:3:4:5:6:7]/app", "[1:0:2:3:4:5:6:7]", "app"},
        good_case{"Ipv6GapOfOne", "[1::2:3:4:5:6:7]/app", "[1:0:2:3:4:5:6:7]", "app"},
        good_case{"Ipv6GapAtTheEnd", "[1:2:3:4:5:6:7::]/app", "[1:2:3:4:5:6:7:0]", "app"},
        good_case{"Ipv6ZerosAtTheEnd", "[2001:db8:0:0:0:0:0:0]/app", "[2001:db8::]", "app"}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    PathsTagsDigests,
    GoodReference,
    testing::Values(
        good_case{"Separators", "r.io/a.b_c__d-e---f", "r.io", "a.b_c__d-e---f"},
        good_case{"Digits", "r.io/1/2", "r.io", "1/2"},
        good_case{"TagOfOne", "r.io/a:_", "r.io", "a", "_"},
        good_case{"TagOfAllKinds", "r.io/a:A_z.0-9", "r.io", "a", "A_z.0-9"},
        good_case{
            "LongestTag",
            "r.io/a:" + std::string(128, 't'),
            "r.io",
            "a",
            std::string(128, 't')},
        good_case{"Sha256", "r.io/a@" + sha256, "r.io", "a", "", sha256},
        good_case{"Sha512", "r.io/a@" + sha512, "r.io", "a", "", sha512},
        good_case{"TagAndDigest", "r.io/a:1.0@" + sha256, "r.io", "a", "1.0", sha256},
        good_case{"LongestName", "r.io/" + std::string(250, 'a'), "r.io", std::string(250, 'a')},
        good_case{
            "LongestNameWithHub",
            std::string(237, 'a'),
            "docker.io",
            "library/" + std::string(237, 'a')}
    ),
    testing_support::case_name()
);

struct bad_case {
    std::string name;
    std::string text;
    std::string detail;
};

class BadReference : public testing::TestWithParam<bad_case> {};

TEST_P(BadReference, SaysWhatIsWrong) {
    const auto parsed = reference::parse(GetParam().text);
    ASSERT_FALSE(parsed) << parsed.value().text();
    EXPECT_EQ(parsed.error().code(), errc::malformed);
    EXPECT_EQ(parsed.error().detail(), GetParam().detail);
}

const std::string unseen =
    "it has characters that cannot be seen or are not ASCII, beginning at \"";
const std::string image_id =
    "it reads as the id of an image on the node; write the name of a repository instead";
const std::string empty_segment =
    "the path has an empty segment: a slash too many at its begin, end or inside";

INSTANTIATE_TEST_SUITE_P(
    Whole,
    BadReference,
    testing::Values(
        bad_case{"Empty", "", "it is empty; write a name such as registry.example/team/app:1.0"},
        bad_case{
            "Scheme",
            "https://reg.example/app",
            "it begins with the scheme \"https://\"; leave that away"},
        bad_case{
            "DockerScheme",
            "docker://nginx",
            "it begins with the scheme \"docker://\"; leave that away"},
        bad_case{"SpaceBefore", " nginx", "it has a space; leave that away"},
        bad_case{"SpaceBehind", "nginx ", "it has a space; leave that away"},
        bad_case{"OnlyASpace", " ", "it has a space; leave that away"},
        bad_case{"Newline", "nginx\n", unseen + "\\n\"; leave them away"},
        bad_case{"Nul", std::string("nginx\0x", 7), unseen + "\\u{0}x\"; leave them away"},
        bad_case{"Delete", "nginx\x7f", unseen + "\\u{7f}\"; leave them away"},
        bad_case{"Umlaut", "n\xc3\xbcginx", unseen + "\\u{fc}ginx\"; leave them away"},
        bad_case{"NotUtf8", "nginx\xff", unseen + "\\x{ff}\"; leave them away"},
        bad_case{
            "CyrillicLookAlike",
            "reg.ex\xd0\xb0mple/app",
            unseen + "\\u{430}mple/app\"; leave them away"},
        bad_case{"SixtyFourHexDigits", hex64, image_id},
        bad_case{"SixtyFourHexDigitsWithTag", hex64 + ":1", image_id},
        bad_case{"SixtyFourHexDigitsWithDigest", hex64 + "@" + sha256, image_id},
        bad_case{"DigestAlone", sha256, image_id},
        bad_case{"Sha384Alone", "sha384:" + hex64 + hex32, image_id},
        bad_case{"Sha512Alone", sha512, image_id},
        bad_case{
            "TooLong",
            "r.io/" + std::string(251, 'a'),
            "the name has 256 characters with its registry; at most 255 are allowed"},
        bad_case{
            "TooLongWithHub",
            std::string(238, 'a'),
            "the name has 256 characters with its registry; at most 255 are allowed"}
    ),
    testing_support::case_name()
);

const std::string labels = "; labels are letters and digits, with dashes inside";
const std::string dots = " begins or ends with a dot or has two in a row";
const std::string ports = " is not a number from 1 to 65535";
const std::string brackets = " is no IPv6 address in brackets";

INSTANTIATE_TEST_SUITE_P(
    Registry,
    BadReference,
    testing::Values(
        bad_case{
            "Underscore",
            "foo_bar.com/app",
            "the registry's host \"foo_bar.com\" has the label \"foo_bar\"" + labels},
        bad_case{
            "DashFirst",
            "-a.example/app",
            "the registry's host \"-a.example\" has the label \"-a\"" + labels},
        bad_case{
            "DashLast",
            "a-.example/app",
            "the registry's host \"a-.example\" has the label \"a-\"" + labels},
        bad_case{
            "Star",
            "*.example/app",
            "the registry's host \"*.example\" has the label \"*\"" + labels},
        bad_case{
            "UserInfo",
            "docker.io:x@evil.net/nginx",
            "the digest \"evil.net/nginx\" does not begin with sha256: or sha512:"},
        bad_case{"TrailingDot", "docker.io./nginx", "the registry's host \"docker.io.\"" + dots},
        bad_case{
            "TrailingDotAndPort",
            "docker.io.:443/nginx",
            "the registry's host \"docker.io.\"" + dots},
        bad_case{"LeadingDot", ".example/app", "the registry's host \".example\"" + dots},
        bad_case{"TwoDots", "a..b/app", "the registry's host \"a..b\"" + dots},
        bad_case{"OnlyADot", "./app", "the registry's host \".\"" + dots},
        bad_case{"ParentDirectory", "../app", "the registry's host \"..\"" + dots},
        bad_case{"NoHost", ":5000/app", "the registry's host is empty"},
        bad_case{"NoPort", "reg.example:/app", "the registry's port \"\"" + ports},
        bad_case{"PortZero", "reg.example:0/app", "the registry's port \"0\"" + ports},
        bad_case{"PortOfZeros", "reg.example:000/app", "the registry's port \"000\"" + ports},
        bad_case{"PortTooLarge", "reg.example:65536/app", "the registry's port \"65536\"" + ports},
        bad_case{
            "PortOverflows",
            "reg.example:4294967739/app",
            "the registry's port \"4294967739\"" + ports},
        bad_case{"PortIsWord", "reg.example:https/app", "the registry's port \"https\"" + ports},
        bad_case{"PortHasSign", "reg.example:+443/app", "the registry's port \"+443\"" + ports},
        bad_case{"PortIsHex", "reg.example:0x1bb/app", "the registry's port \"0x1bb\"" + ports},
        bad_case{"TwoPorts", "reg.example:1:2/app", "the registry's port \"1:2\"" + ports},
        bad_case{"TagBeforeTheSlash", "nginx:v1/app", "the registry's port \"v1\"" + ports},
        bad_case{"Ipv6NoBrackets", "::1/app", "the registry's host is empty"},
        bad_case{
            "Ipv6Zone",
            "[fe80::1%eth0]:5000/app",
            "the registry \"[fe80::1%eth0]:5000\"" + brackets},
        bad_case{"Ipv6Open", "[::1/app", "the registry \"[::1\"" + brackets},
        bad_case{
            "Ipv6Mapped",
            "[::ffff:127.0.0.1]/app",
            "the registry \"[::ffff:127.0.0.1]\"" + brackets},
        bad_case{
            "Ipv6TooLong",
            "[1:2:3:4:5:6:7:8:9]/app",
            "the registry \"[1:2:3:4:5:6:7:8:9]\"" + brackets},
        bad_case{"Ipv6TooShort", "[1:2]/app", "the registry \"[1:2]\"" + brackets},
        bad_case{
            "Ipv6EmptyGap",
            "[1:2:3:4::5:6:7:8]/app",
            "the registry \"[1:2:3:4::5:6:7:8]\"" + brackets},
        bad_case{"Ipv6TwoGaps", "[1::2::3]/app", "the registry \"[1::2::3]\"" + brackets},
        bad_case{"Ipv6ThreeColons", "[:::]/app", "the registry \"[:::]\"" + brackets},
        bad_case{
            "Ipv6OneColonFirst",
            "[:1:2:3:4:5:6:7]/app",
            "the registry \"[:1:2:3:4:5:6:7]\"" + brackets},
        bad_case{
            "Ipv6OneColonLast",
            "[1:2:3:4:5:6:7:]/app",
            "the registry \"[1:2:3:4:5:6:7:]\"" + brackets},
        bad_case{"Ipv6LongGroup", "[::00001]/app", "the registry \"[::00001]\"" + brackets},
        bad_case{"Ipv6NotHex", "[::g]/app", "the registry \"[::g]\"" + brackets},
        bad_case{"Ipv6Empty", "[]:5000/app", "the registry \"[]:5000\"" + brackets},
        bad_case{"Ipv6TextBehind", "[::1]x:5000/app", "the registry \"[::1]x:5000\"" + brackets},
        bad_case{"Ipv6NoPort", "[::1]:/app", "the registry's port \"\"" + ports}
    ),
    testing_support::case_name()
);

std::string segment_is(const std::string& segment) {
    return "the path segment \"" + segment
           + "\" is not lower-case letters and digits, joined by a dot, one or two underscores, or "
             "dashes";
}

const std::string first_upper =
    " has upper case: a path is lower case, and a registry has a dot or a port";

INSTANTIATE_TEST_SUITE_P(
    Path,
    BadReference,
    testing::Values(
        bad_case{
            "UpperCase",
            "reg.example/Team/app",
            "the path segment \"Team\" has upper case; paths are lower case"},
        bad_case{
            "UpperCaseAlone",
            "Nginx:1",
            "the path segment \"Nginx\" has upper case; paths are lower case"},
        bad_case{"UpperCaseFirst", "Team/app", "its first segment \"Team\"" + first_upper},
        bad_case{
            "UpperCaseLocalhost",
            "LOCALHOST/app",
            "its first segment \"LOCALHOST\"" + first_upper},
        bad_case{"NoNameBeforeTag", ":1.0", "the name is empty"},
        bad_case{"NoNameBeforeDigest", "@" + sha256, "the name is empty"},
        bad_case{"NothingBehindRegistry", "reg.example/", "the path behind the registry is empty"},
        bad_case{
            "OnlyTagBehindRegistry",
            "reg.example/:1",
            "the path behind the registry is empty"},
        bad_case{"OnlySlash", "/", empty_segment},
        bad_case{"SlashFirst", "/app", empty_segment},
        bad_case{"SlashLast", "app/", empty_segment},
        bad_case{"TwoSlashes", "reg.example/a//b", empty_segment},
        bad_case{"DotDot", "reg.example/../evil", segment_is("..")},
        bad_case{"DotFirst", "reg.example/.a", segment_is(".a")},
        bad_case{"DotLast", "reg.example/a.", segment_is("a.")},
        bad_case{"TwoDots", "reg.example/a..b", segment_is("a..b")},
        bad_case{"DotAndDash", "reg.example/a.-b", segment_is("a.-b")},
        bad_case{"ThreeUnderscores", "reg.example/a___b", segment_is("a___b")},
        bad_case{"DashLast", "reg.example/a-", segment_is("a-")},
        bad_case{"UnderscoreFirst", "_/a", segment_is("_")},
        bad_case{"Percent", "reg.example/a%2fb", segment_is("a%2fb")},
        bad_case{"Star", "reg.example/*", segment_is("*")},
        bad_case{"Variable", "reg.example/$(namespace)/a", segment_is("$(namespace)")},
        bad_case{"BackSlash", "reg.example\\a", segment_is("reg.example\\\\a")},
        bad_case{"Ipv6Alone", "[2001]", segment_is("[2001]")},
        bad_case{"Query", "reg.example/a?b", segment_is("a?b")}
    ),
    testing_support::case_name()
);

std::string tag_is(const std::string& tag) {
    return "the tag \"" + tag
           + "\" is not letters, digits, \"_\", \".\" and \"-\", beginning with none of the last "
             "two";
}

std::string digest_has_not(const std::string& shown, const std::string& what) {
    return "the digest \"" + shown + "\" has not exactly " + what + ":";
}

INSTANTIATE_TEST_SUITE_P(
    TagAndDigest,
    BadReference,
    testing::Values(
        bad_case{
            "EmptyTag",
            "nginx:",
            "the tag is empty; write one behind the colon or leave the colon away"},
        bad_case{
            "EmptyTagBeforeDigest",
            "nginx:@" + sha256,
            "the tag is empty; write one behind the colon or leave the colon away"},
        bad_case{
            "TagTooLong",
            "nginx:" + std::string(129, 't'),
            "the tag has 129 characters; at most 128 are allowed"},
        bad_case{"TagDotFirst", "nginx:.1", tag_is(".1")},
        bad_case{"TagDashFirst", "nginx:-1", tag_is("-1")},
        bad_case{"TagPlus", "nginx:1+2", tag_is("1+2")},
        bad_case{"TwoTags", "nginx:1:2", tag_is("1:2")},
        bad_case{"TagWithSlash", "user/nginx:1/2", tag_is("1/2")},
        bad_case{"EmptyDigest", "nginx@", "the digest \"\" does not begin with sha256: or sha512:"},
        bad_case{
            "DigestWithoutAlgorithm",
            "nginx@abc",
            "the digest \"abc\" does not begin with sha256: or sha512:"},
        bad_case{
            "OtherAlgorithm",
            "nginx@md5:abc",
            "the digest \"md5:abc\" does not begin with sha256: or sha512:"},
        bad_case{
            "AlgorithmInUpperCase",
            "nginx@SHA256:abc",
            "the digest \"SHA256:abc\" does not begin with sha256: or sha512:"},
        bad_case{
            "AlgorithmBegins",
            "nginx@sha2567:abc",
            "the digest \"sha2567:abc\" does not begin with sha256: or sha512:"},
        bad_case{
            "DigestEmptyHex",
            "nginx@sha256:",
            digest_has_not("sha256:", "64 lower-case hex digits behind sha256")},
        bad_case{
            "DigestTooShort",
            "nginx@sha256:abc",
            digest_has_not("sha256:abc", "64 lower-case hex digits behind sha256")},
        bad_case{
            "DigestTooLong",
            "nginx@" + sha256 + "0",
            digest_has_not(
                "sha256:" + hex64.substr(0, 48) + "...",
                "64 lower-case hex digits behind sha256"
            )},
        bad_case{
            "DigestUpperCase",
            "nginx@sha256:" + std::string(64, 'A'),
            digest_has_not(
                "sha256:" + std::string(48, 'A') + "...",
                "64 lower-case hex digits behind sha256"
            )},
        bad_case{
            "Sha512TooShort",
            "nginx@sha512:" + hex64,
            digest_has_not(
                "sha512:" + hex64.substr(0, 48) + "...",
                "128 lower-case hex digits behind sha512"
            )},
        bad_case{
            "TwoDigests",
            "nginx@" + sha256 + "@" + sha256,
            digest_has_not(
                "sha256:" + hex64.substr(0, 48) + "...",
                "64 lower-case hex digits behind sha256"
            )},
        bad_case{
            "TagBehindDigest",
            "nginx@" + sha256 + ":1",
            digest_has_not(
                "sha256:" + hex64.substr(0, 48) + "...",
                "64 lower-case hex digits behind sha256"
            )}
    ),
    testing_support::case_name()
);

TEST(Reference, DetailsAreShortAndPrintableHoweverLongTheText) {
    const std::vector<std::string> texts = {
        std::string(1'000'000, 'A'),
        std::string(1'000'000, '-') + "/a",
        std::string(1'000'000, '\x01'),
        "a:" + std::string(1'000'000, '+'),
        "a.b:" + std::string(1'000'000, '9') + "/a",
        "a@" + std::string(1'000'000, 'f'),
        std::string(500'000, '.') + "/" + std::string(500'000, '/'),
    };
    for (const std::string& text : texts) {
        const auto parsed = reference::parse(text);
        ASSERT_FALSE(parsed);
        EXPECT_LE(parsed.error().detail().size(), 240U) << parsed.error().detail();
    }
}

TEST(Reference, DiffersByEveryPart) {
    const std::vector<std::string> texts = {
        "r.io/a",
        "r.io/a:1",
        "r.io/b",
        "q.io/a",
        "r.io:80/a",
        "r.io/a@" + sha256,
        "r.io/a:1@" + sha256,
    };
    for (const std::string& one : texts) {
        for (const std::string& other : texts) {
            const bool same = reference::parse(one).value() == reference::parse(other).value();
            EXPECT_EQ(same, one == other) << one << " " << other;
        }
    }
}

} // namespace
} // namespace gatehouse::policy
