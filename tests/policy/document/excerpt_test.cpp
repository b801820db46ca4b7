#include "policy/document/excerpt.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

struct excerpt_case {
    std::string name;
    std::string text;
    std::string shown;
};

class Excerpt : public testing::TestWithParam<excerpt_case> {};

TEST_P(Excerpt, ShowsAllButSecrets) { EXPECT_EQ(excerpt_of(GetParam().text), GetParam().shown); }

std::string shown_whole(const std::string& text) { return '"' + text + '"'; }

excerpt_case readable(std::string name, const std::string& text) {
    return {std::move(name), text, shown_whole(text)};
}

INSTANTIATE_TEST_SUITE_P(
    Readable,
    Excerpt,
    testing::Values(
        readable("Word", "sha1"),
        readable("Path", "etc/gatehouse/registries/production/keys/release/signing"),
        readable("PathOfShortNames", "Etc/ssl/k8s/dev/ci/v1/a/b/c/d/e/f/g/h/i/j/k/l"),
        readable("CamelCase", "RequireSignedImagesFromProductionRegistries"),
        readable(
            "Digest",
            "sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944"
        ),
        readable("Image", "registry.example.com/team/payments/gateway-service:v1.20.3"),
        readable("Url", "https://mirror.example/path/app@sha256:b5bb9d80"),
        readable("Template", "{{ .Values.registry }}")
    ),
    testing_support::case_name()
);

const std::string key_line = "VLM+0CWrxExwc41YD4mRiVEaz7ihRANCAASIUB12jv0dIzy9ciYBXn+Gm3vc3i+u";

INSTANTIATE_TEST_SUITE_P(
    Secret,
    Excerpt,
    testing::Values(
        excerpt_case{"Pem", "x -----BEGIN PRIVATE KEY-----", "a PEM block"},
        excerpt_case{"Line", key_line, "64 characters that may be a key (not shown)"},
        excerpt_case{
            "LinesFolded",
            "a " + key_line + " " + key_line,
            "131 characters that may be a key (not shown)"},
        excerpt_case{
            "LineWithTheAlgorithm",
            "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgn/dcQSF29KIWXA+A",
            "64 characters that may be a key (not shown)"},
        excerpt_case{
            "ShortLine",
            key_line.substr(0, 32),
            "32 characters that may be a key (not shown)"},
        excerpt_case{
            "DockerConfig",
            R"({"auths":{"a":{"auth":"dTpw"}}})",
            "what may be a docker config (not shown)"},
        excerpt_case{"UserInAUrl", "https://u:p@reg.example", "a URL with credentials (not shown)"},
        excerpt_case{
            "UserInAUrlWithADigest",
            "https://u:p@reg.example/a@sha256:00",
            "a URL with credentials (not shown)"},
        excerpt_case{
            "PasswordWithASlash",
            "https://u:p/q@reg.example",
            "a URL with credentials (not shown)"}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
