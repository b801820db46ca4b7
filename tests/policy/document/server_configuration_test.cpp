#include "policy/document/server_configuration.h"

#include "policy/document/excerpt.h"
#include "tests/support/case_name.h"
#include "tests/support/policy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace gatehouse::policy {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

const std::string head = "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n";

parsed_configuration parsed(const std::string& text) {
    return parse_server_configuration({"c.yaml", text});
}

/// Errors without the name of the file; lines begin with 3.
std::vector<std::string> errors_of(const std::string& lines) {
    const parsed_configuration read = parsed(head + lines);
    EXPECT_EQ(read.configuration.has_value(), read.errors.empty());
    std::vector<std::string> out;
    for (const std::string& text : testing_support::texts(read.errors)) {
        out.push_back(text.substr(std::string("c.yaml:").size()));
    }
    return out;
}

TEST(ServerConfiguration, IsRead) {
    const parsed_configuration read = parsed(head + R"(registries:
- host: Bank.swr.example:443
  aliases: [images.bank.example, "images.bank.example:5000"]
  mirrors: ["https://Mirror.example/swr/", "https://mirror.example:8443"]
  caFile: /etc/gatehouse/ca/bank.pem
  dockerConfigFiles: [/etc/gatehouse/pull/.dockerconfigjson]
- host: registry:5000
  plainHTTP: true
  mirrors: ["http://[::1]:5000"]
dockerConfigFiles: [/etc/docker/config.json]
signatureDirectory: /var/lib/gatehouse/signatures
proxy: {https: "http://Proxy:3128/", noProxy: [".svc", "10.0.0.0/8", "Reg.example", "::1", "fd00::/8"]}
cache: {maxBytes: 128Mi, tagTTL: 0s, maxStaleTag: 1h30m, maxStale: 48h}
limits: {layerBytes: 1048576, imageBytes: "2Gi"}
)");
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    const server_configuration& all = read.configuration.value();
    ASSERT_EQ(all.registries.size(), 2U);
    const registry_entry& bank = all.registries[0];
    EXPECT_EQ(bank.host, "bank.swr.example");
    EXPECT_THAT(bank.aliases, ElementsAre("images.bank.example", "images.bank.example:5000"));
    EXPECT_THAT(
        bank.mirrors, ElementsAre("https://mirror.example/swr", "https://mirror.example:8443")
    );
    EXPECT_EQ(bank.ca_file, "/etc/gatehouse/ca/bank.pem");
    EXPECT_FALSE(bank.plain_http);
    EXPECT_THAT(bank.docker_config_files, ElementsAre("/etc/gatehouse/pull/.dockerconfigjson"));
    EXPECT_EQ(all.registries[1].host, "registry:5000");
    EXPECT_TRUE(all.registries[1].plain_http);
    EXPECT_THAT(all.registries[1].mirrors, ElementsAre("http://[::1]:5000"));
    EXPECT_THAT(all.docker_config_files, ElementsAre("/etc/docker/config.json"));
    EXPECT_EQ(all.signature_directory, "/var/lib/gatehouse/signatures");
    EXPECT_EQ(all.proxy.value().https, "http://proxy:3128");
    EXPECT_THAT(
        all.proxy.value().no_proxy,
        ElementsAre(".svc", "10.0.0.0/8", "reg.example", "::1", "fd00::/8")
    );
    EXPECT_EQ(all.cache.max_bytes, std::uint64_t{128} << 20);
    EXPECT_EQ(all.cache.tag_ttl, seconds(0));
    EXPECT_EQ(all.cache.max_stale_tag, seconds(5400));
    EXPECT_EQ(all.cache.max_stale, hours(48));
    EXPECT_EQ(all.limits.layer_bytes, std::uint64_t{1} << 20);
    EXPECT_EQ(all.limits.image_bytes, std::uint64_t{2} << 30);
}

TEST(ServerConfiguration, HasDefaults) {
    const parsed_configuration read = parsed(head);
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    const server_configuration& all = read.configuration.value();
    EXPECT_THAT(all.registries, IsEmpty());
    EXPECT_FALSE(all.proxy);
    EXPECT_EQ(all.cache.max_bytes, std::uint64_t{64} << 20);
    EXPECT_EQ(all.cache.tag_ttl, seconds(60));
    EXPECT_EQ(all.cache.max_stale_tag, hours(1));
    EXPECT_EQ(all.cache.max_stale, hours(24));
    EXPECT_EQ(all.limits.layer_bytes, std::uint64_t{512} << 20);
    EXPECT_EQ(all.limits.image_bytes, std::uint64_t{1} << 30);
}

TEST(ServerConfiguration, FoldsAliasesIntoTheirHosts) {
    const parsed_configuration read =
        parsed(head + "registries: [{host: a.example, aliases: [b.example, c.example]}]\n");
    const registry_aliases aliases = aliases_of(read.configuration.value());
    EXPECT_EQ(
        aliases.fold(reference::parse("c.example/x:1").value()).value().text(), "a.example/x:1"
    );
}

TEST(ServerConfiguration, ProxyWithoutAPortHasPort80) {
    const auto proxy = [](const std::string& url) {
        return parsed(head + "proxy: {https: \"" + url + "\"}\n")
            .configuration.value()
            .proxy->https;
    };
    EXPECT_EQ(proxy("http://proxy.example"), "http://proxy.example:80");
    EXPECT_EQ(proxy("http://[::1]"), "http://[::1]:80");
    EXPECT_EQ(proxy("http://[::1]:3128"), "http://[::1]:3128");
}

struct whole_case {
    std::string name;
    std::string text;
    std::vector<std::string> errors;
};

class ServerConfigurationFile : public testing::TestWithParam<whole_case> {};

TEST_P(ServerConfigurationFile, IsOneDocumentOfItsKind) {
    const parsed_configuration read = parsed(GetParam().text);
    EXPECT_THAT(testing_support::texts(read.errors), ElementsAreArray(GetParam().errors));
    EXPECT_FALSE(read.configuration);
}

INSTANTIATE_TEST_SUITE_P(
    Files,
    ServerConfigurationFile,
    testing::Values(
        whole_case{"Empty", "# x\n", {"c.yaml:1:1: there is no configuration in this file"}},
        whole_case{
            "Two",
            head + "---\n" + head,
            {"c.yaml:4:1: there is another document; a configuration is one"}},
        whole_case{
            "Policy",
            "kind: AdmissionPolicy\n",
            {"c.yaml:1:7: kind: must be ServerConfiguration, not \"AdmissionPolicy\""}},
        whole_case{"List", "[a]\n", {"c.yaml:1:1: must be a mapping with apiVersion and kind"}},
        whole_case{
            "NoKind",
            "registries: []\n",
            {"c.yaml:1:1: apiVersion: is required", "c.yaml:1:1: kind: is required"}},
        whole_case{
            "SyntaxError",
            head + "registries: [\n",
            {"c.yaml:4:1: not valid YAML: expected `,` or `]` here"}}
    ),
    testing_support::case_name()
);

/// Labels of DNS, but 254 characters of them.
const std::string long_host = [] {
    std::string out;
    for (int i = 0; i < 126; ++i) {
        out += "a.";
    }
    return out + "aa";
}();

struct error_case {
    std::string name;
    std::string lines; ///< from line 3 on
    std::vector<std::string> errors;
};

class ServerConfigurationErrors : public testing::TestWithParam<error_case> {};

TEST_P(ServerConfigurationErrors, AreToldAtTheirPlace) {
    EXPECT_THAT(errors_of(GetParam().lines), ElementsAreArray(GetParam().errors));
}

INSTANTIATE_TEST_SUITE_P(
    Fields,
    ServerConfigurationErrors,
    testing::Values(
        error_case{
            "Misspelt",
            "registrys: []\n",
            {"3:1: registrys: unknown field; did you mean registries?"}},
        error_case{
            "Elsewhere",
            "caFile: /a\n",
            {"3:1: caFile: unknown field here; it belongs in registries[]"}},
        error_case{"TrustedRoots", "trustedRoots: []\n", {"3:1: trustedRoots: not supported yet"}},
        error_case{
            "AllAtOnce",
            "registries: [{}]\nproxy: {}\ncache: {maxBytes: 1}\n",
            {"3:14: registries[0].host: is required",
             "4:8: proxy.https: is required",
             "5:19: cache.maxBytes: must be a size from 1Mi to 16Gi, in bytes or with Ki, Mi or "
             "Gi, not \"1\""}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Registries,
    ServerConfigurationErrors,
    testing::Values(
        error_case{
            "SameHost",
            "registries:\n- host: a.example\n- host: A.example:443\n",
            {"5:9: registries[1].host: a.example is registries[0].host too, in line 4: a "
             "registry's name stands once"}},
        error_case{
            "AliasOfItself",
            "registries:\n- host: a.example\n  aliases: [A.example]\n",
            {"5:13: registries[0].aliases[0]: a.example is registries[0].host too, in line 4: a "
             "registry's name stands once"}},
        error_case{
            "AliasOfTwo",
            "registries:\n- host: a.example\n  aliases: [x.example]\n- host: b.example\n  "
            "aliases: [x.example]\n",
            {"7:13: registries[1].aliases[0]: x.example is registries[0].aliases[0] too, in line "
             "5: a registry's name stands once"}},
        error_case{
            "AliasThatIsAHost",
            "registries:\n- host: a.example\n  aliases: [b.example]\n- host: b.example\n",
            {"6:9: registries[1].host: b.example is registries[0].aliases[0] too, in line 5: a "
             "registry's name stands once"}},
        error_case{
            "HostWithAScheme",
            "registries: [{host: \"https://a.example\"}]\n",
            {"3:21: registries[0].host: \"https://a.example\" has a slash; write the host alone, "
             "with its port where it has one"}},
        error_case{
            "HostWithCredentials",
            "registries:\n- host: \"https://u:secretpw@reg.example\"\n- host: "
            "u:secretpw@reg.example\n- host: a.example\n  aliases: [u:secretpw@b.example]\n",
            {"4:9: registries[0].host: must not hold credentials; write the host alone, with its "
             "port where it has one",
             "5:9: registries[1].host: must not hold credentials; write the host alone, with its "
             "port where it has one",
             "7:13: registries[2].aliases[0]: must not hold credentials; write the host alone, "
             "with its port where it has one"}},
        error_case{
            "PathWithCredentials",
            "signatureDirectory: \"https://u:secretpw@reg.example/sigs\"\n"
            "proxy: {https: \"http://p:1\", noProxy: [\"u:secretpw@a.example\"]}\n",
            {"3:21: signatureDirectory: must be an absolute path of one line, not a URL with "
             "credentials (not shown)",
             "4:40: proxy.noProxy[0]: must not hold credentials"}},
        error_case{
            "DockerConfigInPlaceOfItsPath",
            R"(dockerConfigFiles: ['{"auths":{"reg.example":{"auth":"dTpzZWNyZXRwdw=="}}}'])"
            "\n",
            {"3:21: dockerConfigFiles[0]: must be an absolute path of one line, not what may be a "
             "docker config (not shown)"}},
        error_case{
            "DockerConfigInBase64",
            "dockerConfigFiles: [eyJhdXRocyI6eyJyZWcuZXhhbXBsZSI6eyJhdXRoIjoiZFRwelpXTnlaWFJ3ZHc9"
            "PSJ9fX0=]\n",
            {"3:21: dockerConfigFiles[0]: must be an absolute path of one line, not 72 characters "
             "that may be a key (not shown)"}},
        error_case{
            "HostTooLong",
            "registries:\n- host: " + long_host + "\n- host: b.example\n  mirrors: [\"https://"
                + long_host + "/a\"]\n",
            {"4:9: registries[0].host: the host is longer than 253 characters",
             "6:13: registries[1].mirrors[0]: the host is longer than 253 characters"}},
        error_case{
            "MirrorWithoutAHost",
            "registries: [{host: a.example, mirrors: [\"https:///a\"]}]\n",
            {"3:42: registries[0].mirrors[0]: the registry's host is empty"}},
        error_case{
            "MirrorWithATag",
            "registries: [{host: a.example, mirrors: [\"https://m.example/a:1\"]}]\n",
            {"3:42: registries[0].mirrors[0]: the path \"/a:1\" of the URL is no beginning of a "
             "repository's name"}},
        error_case{
            "MirrorWithAnUnprintableCharacter",
            "registries: [{host: a.example, mirrors: [\"https://m.example/\\n\"]}]\n",
            {"3:42: registries[0].mirrors[0]: \"https://m.example/\\n\" has characters that do not "
             "belong into it: a query, a fragment, spaces or quotes"}},
        error_case{
            "PathOfTwoLines",
            "signatureDirectory: \"/a\\nb\"\ndockerConfigFiles: [\"/a\\u007f\"]\n",
            {"3:21: signatureDirectory: must be an absolute path of one line, not \"/a\\nb\"",
             "4:21: dockerConfigFiles[0]: must be an absolute path of one line, not "
             "\"/a\\u{7f}\""}},
        error_case{
            "HostWithAWildcard",
            "registries: [{host: \"*.example\"}]\n",
            {"3:21: registries[0].host: the registry's host \"*.example\" has the label \"*\"; "
             "labels are letters and digits, with dashes inside"}},
        error_case{
            "PlainMirror",
            "registries: [{host: a.example, mirrors: [\"http://m.example\"]}]\n",
            {"3:42: registries[0].mirrors[0]: is plain HTTP; write https://, or plainHTTP: true "
             "if you must"}},
        error_case{
            "MirrorWithoutAScheme",
            "registries: [{host: a.example, mirrors: [m.example]}]\n",
            {"3:42: registries[0].mirrors[0]: must be a URL such as https://mirror.example/path, "
             "not \"m.example\""}},
        error_case{
            "MirrorWithCredentials",
            "registries: [{host: a.example, mirrors: [\"https://u:secret@m.example\"]}]\n",
            {"3:42: registries[0].mirrors[0]: must not hold credentials"}},
        error_case{
            "MirrorWithAQuery",
            "registries: [{host: a.example, mirrors: [\"https://m.example/a?b\"]}]\n",
            {"3:42: registries[0].mirrors[0]: \"https://m.example/a?b\" has characters that do "
             "not belong into it: a query, a fragment, spaces or quotes"}},
        error_case{
            "MirrorWithAPathThatIsNone",
            "registries: [{host: a.example, mirrors: [\"https://m.example/../b\"]}]\n",
            {"3:42: registries[0].mirrors[0]: the path \"/../b\" of the URL is no beginning of a "
             "repository's name"}},
        error_case{
            "CaWithPlainHttp",
            "registries: [{host: a.example, plainHTTP: true, caFile: /a}]\n",
            {"3:49: registries[0].caFile: says nothing with plainHTTP: true, which has no "
             "certificate"}},
        error_case{
            "RelativePaths",
            "registries: [{host: a.example, caFile: a.pem}]\ndockerConfigFiles: [~/.docker]\n"
            "signatureDirectory: sigs\n",
            {"3:40: registries[0].caFile: must be an absolute path of one line, not \"a.pem\"",
             "4:21: dockerConfigFiles[0]: must be an absolute path of one line, not \"~/.docker\"",
             "5:21: signatureDirectory: must be an absolute path of one line, not \"sigs\""}}
    ),
    testing_support::case_name()
);

/// Of noProxy's items, in order: where and what.
std::vector<std::string> no_proxy_errors(
    const std::vector<std::pair<std::string, std::string>>& items
) {
    std::vector<std::string> out;
    for (const auto& [at, text] : items) {
        out.push_back(
            at + ": proxy.noProxy[" + std::to_string(out.size())
            + "]: must be a host, a suffix such as .svc, an address, or a range such as "
              "10.0.0.0/8; "
              "not "
            + excerpt_of(text)
        );
    }
    return out;
}

INSTANTIATE_TEST_SUITE_P(
    Proxy,
    ServerConfigurationErrors,
    testing::Values(
        error_case{
            "Https",
            "proxy: {https: \"https://p:1\"}\n",
            {"3:16: proxy.https: must be a URL such as http://proxy.example:3128, not "
             "\"https://p:1\""}},
        error_case{
            "Credentials",
            "proxy: {https: \"http://u:secret@p:1\"}\n",
            {"3:16: proxy.https: must not hold credentials"}},
        error_case{
            "Path",
            "proxy: {https: \"http://p:1/a\"}\n",
            {"3:16: proxy.https: a proxy's URL has no path"}},
        error_case{
            "Port",
            "proxy: {https: \"http://p:0\"}\n",
            {"3:16: proxy.https: the registry's port \"0\" is not a number from 1 to 65535"}},
        error_case{
            "NoHost",
            "proxy: {https: \"http://\"}\n",
            {"3:16: proxy.https: the registry's host is empty"}},
        error_case{
            "NoProxyOfAlmostAddresses",
            "proxy: {https: \"http://p\", noProxy: [10.0.0, 10.0.0.01, 10.0.0.1000, 10.0.0.1.2, "
            "\"::1/129\", \"[::1]\", 10.0.0.0/, \".\", \".10\", "
                + long_host + "]}\n",
            no_proxy_errors(
                {{"3:38", "10.0.0"},
                 {"3:46", "10.0.0.01"},
                 {"3:57", "10.0.0.1000"},
                 {"3:70", "10.0.0.1.2"},
                 {"3:82", "::1/129"},
                 {"3:93", "[::1]"},
                 {"3:102", "10.0.0.0/"},
                 {"3:113", "."},
                 {"3:118", ".10"},
                 {"3:125", long_host}}
            )},
        error_case{
            "NoProxy",
            "proxy: {https: \"http://p\", noProxy: [\"10.0.0.0/33\", \"10.0.0.256\", \"*\"]}\n",
            {"3:38: proxy.noProxy[0]: must be a host, a suffix such as .svc, an address, or a "
             "range such as 10.0.0.0/8; not \"10.0.0.0/33\"",
             "3:53: proxy.noProxy[1]: must be a host, a suffix such as .svc, an address, or a "
             "range such as 10.0.0.0/8; not \"10.0.0.256\"",
             "3:67: proxy.noProxy[2]: must be a host, a suffix such as .svc, an address, or a "
             "range such as 10.0.0.0/8; not \"*\""}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Figures,
    ServerConfigurationErrors,
    testing::Values(
        error_case{
            "DecimalUnit",
            "cache: {maxBytes: 64M}\n",
            {"3:19: cache.maxBytes: must be a size from 1Mi to 16Gi, in bytes or with Ki, Mi or "
             "Gi, not \"64M\""}},
        error_case{
            "TooMuch",
            "cache: {maxBytes: 17Gi}\n",
            {"3:19: cache.maxBytes: must be a size from 1Mi to 16Gi, in bytes or with Ki, Mi or "
             "Gi, not \"17Gi\""}},
        error_case{
            "Overflow",
            "cache: {maxBytes: 99999999999999999Gi}\n",
            {"3:19: cache.maxBytes: must be a size from 1Mi to 16Gi, in bytes or with Ki, Mi or "
             "Gi, not \"99999999999999999Gi\""}},
        error_case{
            "NoUnit",
            "cache: {tagTTL: 60}\n",
            {"3:17: cache.tagTTL: must be a duration from 0s to 1h of whole seconds, such as 90s "
             "or 1h30m, not \"60\""}},
        error_case{
            "Milliseconds",
            "cache: {tagTTL: 500ms}\n",
            {"3:17: cache.tagTTL: must be a duration from 0s to 1h of whole seconds, such as 90s "
             "or 1h30m, not \"500ms\""}},
        error_case{
            "EighteenDigits",
            "cache: {maxBytes: 1234567890123456789, tagTTL: 1234567890123456789s}\n",
            {"3:19: cache.maxBytes: must be a size from 1Mi to 16Gi, in bytes or with Ki, Mi or "
             "Gi, not \"1234567890123456789\"",
             "3:48: cache.tagTTL: must be a duration from 0s to 1h of whole seconds, such as 90s "
             "or 1h30m, not \"1234567890123456789s\""}},
        error_case{
            "SumTooLong",
            "cache: {tagTTL: 999999999999999999s999999999999999999h}\n",
            {"3:17: cache.tagTTL: must be a duration from 0s to 1h of whole seconds, such as 90s "
             "or 1h30m, not \"999999999999999999s999999999999999999h\""}},
        error_case{
            "NoNumber",
            "cache: {maxBytes: Mi, maxStale: h}\n",
            {"3:19: cache.maxBytes: must be a size from 1Mi to 16Gi, in bytes or with Ki, Mi or "
             "Gi, not \"Mi\"",
             "3:33: cache.maxStale: must be a duration from 0s to 720h of whole seconds, such as "
             "90s or 1h30m, not \"h\""}},
        error_case{
            "TooLong",
            "cache: {maxStaleTag: 169h, maxStale: 721h}\n",
            {"3:22: cache.maxStaleTag: must be a duration from 0s to 168h of whole seconds, such "
             "as 90s or 1h30m, not \"169h\"",
             "3:38: cache.maxStale: must be a duration from 0s to 720h of whole seconds, such as "
             "90s or 1h30m, not \"721h\""}},
        error_case{"Longest", "cache: {tagTTL: 60m, maxStaleTag: 168h, maxStale: 720h}\n", {}},
        error_case{
            "LayersBeyondTheImage",
            "limits: {layerBytes: 2Gi}\n",
            {"3:9: limits: layerBytes is more than imageBytes: an image is all its layers"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
