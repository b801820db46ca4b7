#include "server/options.h"

#include "tests/support/case_name.h"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using variables = std::map<std::string, std::string>;

environment holding(const variables& values) {
    return [values](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    };
}

/// Parses words as the program would.
parsed_options parsed(std::vector<std::string> words, const variables& values = {}) {
    CLI::App app("test", "gatehouse");
    raw_settings typed;
    declare_serve_flags(app, typed);
    std::reverse(words.begin(), words.end());
    app.parse(words);
    return parse_serve_options(typed, holding(values));
}

std::string text_of(const tcp::endpoint& where) {
    return where.address().to_string() + " " + std::to_string(where.port());
}

TEST(Options, HaveTheDefaultsOfTheInterface) {
    const parsed_options got = parsed({});
    EXPECT_THAT(got.errors, IsEmpty());
    EXPECT_THAT(got.options.policies, IsEmpty());
    EXPECT_EQ(text_of(got.options.listen), "127.0.0.1 8443");
    EXPECT_EQ(text_of(got.options.ops_listen), "127.0.0.1 8080");
    EXPECT_EQ(got.options.port_file, "");
    EXPECT_EQ(got.options.tls, std::nullopt);
    EXPECT_EQ(got.options.client_ca, "");
    EXPECT_EQ(got.options.log_format, log_format::json);
    EXPECT_EQ(got.options.log_level, log_level::info);
    EXPECT_EQ(got.options.drain_delay, 15s);
    EXPECT_EQ(got.options.shutdown_timeout, 20s);
}

TEST(Options, AreReadFromFlags) {
    const parsed_options got = parsed({"--policy",   "a.yaml",
                                       "--policy=b", "--listen",
                                       "0.0.0.0:0",  "--ops-listen",
                                       "[::]:81",    "--port-file",
                                       "ports",      "--tls-cert",
                                       "c.pem",      "--tls-key",
                                       "k.pem",      "--client-ca",
                                       "ca.pem",     "--log-format",
                                       "text",       "--log-level",
                                       "debug",      "--drain-delay",
                                       "1m30s",      "--shutdown-timeout",
                                       "500ms"});
    EXPECT_THAT(got.errors, IsEmpty());
    EXPECT_THAT(got.options.policies, ElementsAre("a.yaml", "b"));
    EXPECT_EQ(text_of(got.options.listen), "0.0.0.0 0");
    EXPECT_EQ(text_of(got.options.ops_listen), ":: 81");
    EXPECT_EQ(got.options.port_file, "ports");
    EXPECT_EQ(got.options.tls, (tls_files{"c.pem", "k.pem"}));
    EXPECT_EQ(got.options.client_ca, "ca.pem");
    EXPECT_EQ(got.options.log_format, log_format::text);
    EXPECT_EQ(parsed({"--config", "c.yaml"}).options.configuration, "c.yaml");
    EXPECT_EQ(parsed({}).options.configuration, "");
    EXPECT_EQ(got.options.log_level, log_level::debug);
    EXPECT_EQ(got.options.drain_delay, 90s);
    EXPECT_EQ(got.options.shutdown_timeout, 500ms);
}

TEST(Options, OfACluster) {
    const parsed_options got = parsed(
        {"--webhook-configuration",
         "w.yaml",
         "--lease=gatehouse-system/leader",
         "--certificate-secret=gatehouse-system/certs",
         "--certificate-dns-name=a.b.svc",
         "--certificate-dns-name=a.b.svc.cluster.local",
         "--rotation-settle=2m"}
    );
    EXPECT_THAT(got.errors, IsEmpty());
    EXPECT_EQ(got.options.registration, "w.yaml");
    EXPECT_EQ(got.options.lease, (namespaced_name{"gatehouse-system", "leader"}));
    EXPECT_EQ(got.options.certificate_secret, (namespaced_name{"gatehouse-system", "certs"}));
    EXPECT_THAT(got.options.rotation.names, ElementsAre("a.b.svc", "a.b.svc.cluster.local"));
    EXPECT_EQ(got.options.rotation.authority_lives, 26280h);
    EXPECT_EQ(got.options.rotation.leaf_lives, 2160h);
    EXPECT_EQ(got.options.rotation.settle, 2min);
    EXPECT_EQ(parsed({}).options.lease, std::nullopt);
}

TEST(Options, AreReadFromTheEnvironment) {
    const parsed_options got = parsed(
        {},
        {{"GATEHOUSE_POLICY", "a.yaml:/etc/policies:"},
         {"GATEHOUSE_LISTEN", "localhost:1"},
         {"GATEHOUSE_OPS_LISTEN", "127.0.0.2:2"},
         {"GATEHOUSE_PORT_FILE", "ports"},
         {"GATEHOUSE_TLS_CERT", "c.pem"},
         {"GATEHOUSE_TLS_KEY", "k.pem"},
         {"GATEHOUSE_CLIENT_CA", "ca.pem"},
         {"GATEHOUSE_LOG_FORMAT", "text"},
         {"GATEHOUSE_LOG_LEVEL", "error"},
         {"GATEHOUSE_DRAIN_DELAY", "0"},
         {"GATEHOUSE_SHUTDOWN_TIMEOUT", "24h"}}
    );
    EXPECT_THAT(got.errors, IsEmpty());
    EXPECT_THAT(got.options.policies, ElementsAre("a.yaml", "/etc/policies"));
    EXPECT_EQ(text_of(got.options.listen), "127.0.0.1 1");
    EXPECT_EQ(text_of(got.options.ops_listen), "127.0.0.2 2");
    EXPECT_EQ(got.options.port_file, "ports");
    EXPECT_EQ(got.options.tls, (tls_files{"c.pem", "k.pem"}));
    EXPECT_EQ(got.options.client_ca, "ca.pem");
    EXPECT_EQ(got.options.log_format, log_format::text);
    EXPECT_EQ(got.options.log_level, log_level::error);
    EXPECT_EQ(got.options.drain_delay, 0s);
    EXPECT_EQ(got.options.shutdown_timeout, 24h);
}

TEST(Options, PreferTheFlagToTheEnvironment) {
    const parsed_options got = parsed(
        {"--policy", "flag.yaml", "--listen", "127.0.0.1:1"},
        {{"GATEHOUSE_POLICY", "variable.yaml"}, {"GATEHOUSE_LISTEN", "nonsense"}}
    );
    EXPECT_THAT(got.errors, IsEmpty());
    EXPECT_THAT(got.options.policies, ElementsAre("flag.yaml"));
    EXPECT_EQ(text_of(got.options.listen), "127.0.0.1 1");
}

TEST(Options, TakeAnEmptyVariableAsNotSet) {
    const parsed_options got = parsed({}, {{"GATEHOUSE_LISTEN", ""}, {"GATEHOUSE_TLS_CERT", ""}});
    EXPECT_THAT(got.errors, IsEmpty());
    EXPECT_EQ(text_of(got.options.listen), "127.0.0.1 8443");
}

TEST(Options, RefuseAFlagGivenTwice) {
    EXPECT_THROW(parsed({"--listen", "127.0.0.1:1", "--listen", "127.0.0.1:2"}), CLI::ParseError);
}

struct refused_options {
    std::string name;
    std::vector<std::string> words;
    variables values;
    std::string error;
};

class OptionsRefuse : public testing::TestWithParam<refused_options> {};

TEST_P(OptionsRefuse, WithASentence) {
    EXPECT_THAT(parsed(GetParam().words, GetParam().values).errors, ElementsAre(GetParam().error));
}

const std::string not_an_address = " is not ADDR:PORT, such as 0.0.0.0:8443 or [::]:8443";

INSTANTIATE_TEST_SUITE_P(
    Options,
    OptionsRefuse,
    testing::Values(
        refused_options{"PortAlone", {"--listen", ":1"}, {}, "--listen: \":1\"" + not_an_address},
        refused_options{"HostAlone", {"--listen", "::1"}, {}, "--listen: \"::1\"" + not_an_address},
        refused_options{
            "NoPort",
            {"--listen", "127.0.0.1:"},
            {},
            "--listen: \"127.0.0.1:\"" + not_an_address},
        refused_options{
            "PortTooLarge",
            {"--ops-listen", "127.0.0.1:65536"},
            {},
            "--ops-listen: \"127.0.0.1:65536\"" + not_an_address},
        refused_options{
            "BracketsAroundIpv4",
            {"--listen", "[127.0.0.1]:1"},
            {},
            "--listen: \"[127.0.0.1]:1\"" + not_an_address},
        refused_options{
            "HostName",
            {"--listen", "example:1"},
            {},
            "--listen: \"example:1\"" + not_an_address},
        refused_options{
            "FromTheEnvironment",
            {},
            {{"GATEHOUSE_LISTEN", "x"}},
            "GATEHOUSE_LISTEN: \"x\"" + not_an_address},
        refused_options{
            "KeyMissing",
            {"--tls-cert", "c"},
            {},
            "--tls-cert and --tls-key belong together: --tls-key is missing"},
        refused_options{
            "CertificateMissing",
            {},
            {{"GATEHOUSE_TLS_KEY", "k"}},
            "--tls-cert and --tls-key belong together: --tls-cert is missing"},
        refused_options{"EmptyPolicy", {"--policy", ""}, {}, "--policy: a file name is needed"},
        refused_options{"EmptyFile", {"--client-ca", ""}, {}, "--client-ca: a file name is needed"},
        refused_options{
            "LogFormat",
            {"--log-format", "xml"},
            {},
            "--log-format: \"xml\" is none of json, text"},
        refused_options{
            "LogLevel",
            {"--log-level", "loud"},
            {},
            "--log-level: \"loud\" is none of debug, info, warn, error"},
        refused_options{
            "NoUnit",
            {"--drain-delay", "15"},
            {},
            "--drain-delay: \"15\" is not a duration, such as 15s or 1m30s"},
        refused_options{
            "TooLong",
            {"--shutdown-timeout", "25h"},
            {},
            "--shutdown-timeout: \"25h\" is longer than 24h"},
        refused_options{
            "LeaseThatIsNoName",
            {"--lease",
             "Leader",
             "--webhook-configuration",
             "w",
             "--tls-cert",
             "c",
             "--tls-key",
             "k",
             "--ca-bundle",
             "b"},
            {},
            "--lease: \"Leader\" is not NAMESPACE/NAME, such as gatehouse-system/gatehouse"},
        refused_options{
            "RegistrationWithoutLease",
            {"--webhook-configuration",
             "w",
             "--tls-cert",
             "c",
             "--tls-key",
             "k",
             "--ca-bundle",
             "b"},
            {},
            "--webhook-configuration needs --lease: one replica registers for all"},
        refused_options{
            "RegistrationWithoutBundle",
            {"--webhook-configuration", "w", "--lease", "a/b"},
            {},
            "--webhook-configuration needs --ca-bundle or --certificate-secret"},
        refused_options{
            "SecretWithoutNames",
            {"--certificate-secret", "a/b", "--webhook-configuration", "w", "--lease", "a/b"},
            {},
            "--certificate-secret and --certificate-dns-name belong together: "
            "--certificate-dns-name is missing"},
        refused_options{
            "NameThatIsNone",
            {"--certificate-secret", "a/b", "--webhook-configuration", "w", "--lease", "a/b"},
            {{"GATEHOUSE_CERTIFICATE_DNS_NAME", "a.b.svc:*.svc"}},
            "GATEHOUSE_CERTIFICATE_DNS_NAME: \"*.svc\" is not a DNS name"},
        refused_options{
            "TwoCertificates",
            {"--certificate-secret",
             "a/b",
             "--certificate-dns-name",
             "a.b.svc",
             "--lease",
             "a/b",
             "--webhook-configuration",
             "w",
             "--tls-cert",
             "c",
             "--tls-key",
             "k"},
            {},
            "--certificate-secret excludes --tls-cert, --tls-key and --ca-bundle: there is one "
            "certificate, its own or another"},
        refused_options{
            "SecretThatNobodyPublishes",
            {"--certificate-secret", "a/b", "--certificate-dns-name", "a.b.svc"},
            {},
            "--certificate-secret needs --webhook-configuration: who else would tell API servers "
            "of the CA"},
        refused_options{
            "CertificateThatOutlivesItsCa",
            {"--ca-lifetime", "1h"},
            {},
            "--certificate-lifetime: a certificate cannot outlive its CA (--ca-lifetime)"},
        refused_options{
            "LifeTooShort",
            {"--certificate-lifetime", "9s"},
            {},
            "--certificate-lifetime: \"9s\" is not between 10s and 262800h"},
        refused_options{
            "SettleTooShort",
            {"--rotation-settle", "999ms"},
            {},
            "--rotation-settle: \"999ms\" is shorter than 1s"},
        refused_options{
            "SettleTooLongForTheCa",
            {"--ca-lifetime", "9h", "--certificate-lifetime", "9h", "--rotation-settle", "3601s"},
            {},
            "--rotation-settle: replacing a CA takes three times that, and must fit into the last "
            "third of --ca-lifetime"},
        refused_options{
            "LeaseForNothing",
            {},
            {{"GATEHOUSE_LEASE", "a/b"}},
            "--lease and --ca-bundle are for --webhook-configuration, which is missing"},
        refused_options{
            "BundleOfNoCertificate",
            {"--webhook-configuration", "w", "--lease", "a/b", "--ca-bundle", "c"},
            {},
            "--ca-bundle needs --tls-cert and --tls-key: nothing verifies a self-signed one"}
    ),
    testing_support::case_name()
);

TEST(Options, TakeAsManyNamesOfACertificateAsAreLookedAt) {
    std::vector<std::string> typed{
        "--webhook-configuration", "w", "--lease", "a/b", "--certificate-secret", "a/c"};
    for (int i = 0; i < 100; ++i) {
        typed.insert(typed.end(), {"--certificate-dns-name", "a" + std::to_string(i)});
    }
    EXPECT_THAT(parsed(typed).errors, IsEmpty());
    typed.insert(typed.end(), {"--certificate-dns-name", "one-more"});
    EXPECT_THAT(
        parsed(typed).errors, ElementsAre("--certificate-dns-name: at most 100 names are possible")
    );
}

TEST(Options, TellEveryErrorAtOnce) {
    const parsed_options got = parsed({"--listen", "x", "--log-level", "y", "--drain-delay", "z"});
    EXPECT_EQ(got.errors.size(), 3U);
}

} // namespace
} // namespace gatehouse::server
