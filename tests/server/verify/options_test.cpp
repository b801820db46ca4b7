#include "server/verify/options.h"

#include "tests/support/case_name.h"
#include "tests/support/run_command.h"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing_support::case_name;
using testing_support::run_command;

/// `gatehouse verify` with these arguments, read.
parsed_verify_options parsed(std::vector<std::string> arguments) {
    CLI::App command;
    verify_flags typed;
    declare_verify_flags(command, typed);
    std::reverse(arguments.begin(), arguments.end()); // as CLI11 takes a vector
    command.parse(arguments);
    return parse_verify_options(typed);
}

std::vector<std::string> errors_of(const std::vector<std::string>& arguments) {
    return parsed(arguments).errors;
}

TEST(VerifyOptions, HaveCosignsDefaults) {
    const parsed_verify_options got = parsed({"--key", "k.pub", "reg.example/app:1", "app"});
    EXPECT_THAT(got.errors, IsEmpty());
    EXPECT_THAT(got.options.images, ElementsAre("reg.example/app:1", "app"));
    EXPECT_EQ(got.options.key_file, "k.pub");
    EXPECT_FALSE(got.options.hash);
    EXPECT_THAT(got.options.annotations, IsEmpty());
    EXPECT_EQ(got.options.output, verify_output::json);
    EXPECT_EQ(got.options.timeout, std::chrono::minutes(3));
    EXPECT_EQ(got.options.namespace_name, "default");
}

TEST(VerifyOptions, ReadAnnotationsInBothOfCosignsForms) {
    const parsed_verify_options got =
        parsed({"--key", "k", "-a", "a=1,b=2", "--annotations", "c=x=y", "-a", "d=", "app"});
    EXPECT_THAT(got.errors, IsEmpty());
    EXPECT_THAT(
        got.options.annotations,
        ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "x=y"), Pair("d", ""))
    );
    EXPECT_THAT(got.options.images, ElementsAre("app"));
}

TEST(VerifyOptions, ReadWhatElseThereIs) {
    const parsed_verify_options got = parsed(
        {"--key",
         "k",
         "--signature-digest-algorithm",
         "sha512",
         "-o",
         "text",
         "-t",
         "1m30s",
         "--config",
         "c.yaml",
         "app"}
    );
    EXPECT_THAT(got.errors, IsEmpty());
    EXPECT_EQ(got.options.hash, policy::hash_algorithm::sha512);
    EXPECT_EQ(got.options.output, verify_output::text);
    EXPECT_EQ(got.options.timeout, std::chrono::seconds(90));
    EXPECT_EQ(got.options.configuration, "c.yaml");
    const parsed_verify_options by_policy =
        parsed({"--policy", "a", "--policy", "b", "--namespace", "prod", "app"});
    EXPECT_THAT(by_policy.errors, IsEmpty());
    EXPECT_THAT(by_policy.options.policies, ElementsAre("a", "b"));
    EXPECT_EQ(by_policy.options.namespace_name, "prod");
}

TEST(VerifyOptions, TakeFlagsThatAskForWhatIsDoneAnyway) {
    EXPECT_THAT(
        errors_of(
            {"--key",
             "k",
             "--insecure-ignore-tlog",
             "--private-infrastructure=true",
             "--offline",
             "--new-bundle-format=false",
             "--experimental-oci11",
             "--insecure-ignore-sct",
             "--check-claims=true",
             "app"}
        ),
        IsEmpty()
    );
}

struct error_case {
    std::string name;
    std::vector<std::string> arguments;
    std::string error;
};

class VerifyOptionErrors : public testing::TestWithParam<error_case> {};

TEST_P(VerifyOptionErrors, AreTold) {
    EXPECT_THAT(errors_of(GetParam().arguments), ElementsAre(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Each,
    VerifyOptionErrors,
    testing::Values(
        error_case{
            "NoSigner",
            {"app"},
            "--key FILE or --policy PATH is needed; signatures without a key are not supported "
            "yet"},
        error_case{
            "TwoWays",
            {"--key", "k", "--policy", "p", "app"},
            "--key and --policy exclude each other"},
        error_case{"EmptyKey", {"--key", "", "app"}, "--key: a file name is needed"},
        error_case{
            "KeyService",
            {"--key", "hashivault://transit", "app"},
            "--key: hashivault://transit is not supported yet; give a file that holds the public "
            "key"},
        error_case{
            "Hash",
            {"--key", "k", "--signature-digest-algorithm", "sha224", "app"},
            "--signature-digest-algorithm: \"sha224\" is none of sha256, sha384, sha512, sm3"},
        error_case{
            "AnnotationWithoutValue",
            {"--key", "k", "-a", "env", "app"},
            "-a: \"env\" is not KEY=VALUE"},
        error_case{
            "AnnotationWithoutKey",
            {"--key", "k", "-a", "=x", "app"},
            "-a: \"=x\" is not KEY=VALUE"},
        error_case{
            "AnnotationTwice",
            {"--key", "k", "-a", "env=a", "-a", "env=b", "app"},
            "-a: env is given twice"},
        error_case{
            "AnnotationWithPolicy",
            {"--policy", "p", "-a", "env=a", "app"},
            "-a: not with --policy, which says it in annotations"},
        error_case{
            "HashWithPolicy",
            {"--policy", "p", "--signature-digest-algorithm", "sha256", "app"},
            "--signature-digest-algorithm: not with --policy, which says it in hashAlgorithm"},
        error_case{
            "Timeout",
            {"--key", "k", "-t", "soon", "app"},
            "--timeout: \"soon\" is not a duration, such as 30s or 3m"},
        error_case{
            "NoTime",
            {"--key", "k", "-t", "0", "app"},
            "--timeout: \"0\" is not a duration, such as 30s or 3m"},
        error_case{
            "LongTime",
            {"--key", "k", "-t", "25h", "app"},
            "--timeout: \"25h\" is longer than 24h"},
        error_case{
            "Claims",
            {"--key", "k", "--check-claims=false", "app"},
            "--check-claims=false: not supported; what a signature says of the image always "
            "counts"},
        error_case{
            "Log",
            {"--key", "k", "--insecure-ignore-tlog=false", "app"},
            "--insecure-ignore-tlog=false: not supported yet; no transparency log is looked at"}
    ),
    case_name()
);

struct refused_case {
    std::string name;
    std::vector<std::string> flag;
    std::string error;
};

class VerifyRefuses : public testing::TestWithParam<refused_case> {};

TEST_P(VerifyRefuses, AFlagOfCosign) {
    std::vector<std::string> arguments = {"verify", "--key", "k", "app"};
    arguments.insert(arguments.end(), GetParam().flag.begin(), GetParam().flag.end());
    const auto got = run_command(arguments);
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(got.errors, GetParam().error + "\nRun with --help for more information.\n");
}

INSTANTIATE_TEST_SUITE_P(
    Each,
    VerifyRefuses,
    testing::Values(
        refused_case{
            "Keyless",
            {"--certificate-identity", "me@example.com"},
            "--certificate-identity: not supported yet"},
        refused_case{
            "Issuer",
            {"--certificate-oidc-issuer-regexp=.*"},
            "--certificate-oidc-issuer-regexp: not supported yet"},
        refused_case{
            "TrustedRoot",
            {"--trusted-root", "r.json"},
            "--trusted-root: not supported yet"},
        refused_case{"HardwareKey", {"--sk"}, "--sk: not supported yet"},
        refused_case{
            "PlainHttp",
            {"--allow-http-registry"},
            "--allow-http-registry: not supported; say it in --config FILE, registries"},
        refused_case{
            "Password",
            {"--registry-password", "hunter2"},
            "--registry-password: not supported; say it in --config FILE, registries"},
        refused_case{
            "Unknown",
            {"--frobnicate"},
            "The following argument was not expected: --frobnicate"}
    ),
    case_name()
);

} // namespace
} // namespace gatehouse::server
