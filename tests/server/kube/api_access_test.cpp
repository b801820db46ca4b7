#include "server/kube/api_access.h"

#include "tests/support/case_name.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certs.h"

#include <gtest/gtest.h>

#include <map>

namespace gatehouse::server {
namespace {

using variables = std::map<std::string, std::string>;

environment holding(const variables& values) {
    return [values](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    };
}

TEST(ApiAccess, IsWhatAPodIsGiven) {
    const auto found = find_api_server(
        holding({{"KUBERNETES_SERVICE_HOST", "fd00::1"}, {"KUBERNETES_SERVICE_PORT", "443"}})
    );
    ASSERT_TRUE(found);
    EXPECT_EQ(
        found.value(),
        (api_access{
            "fd00::1",
            443,
            "/var/run/secrets/kubernetes.io/serviceaccount/token",
            "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"})
    );
}

TEST(ApiAccess, IsNamedByVariablesOfItsOwn) {
    const auto found = find_api_server(holding(
        {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"},
         {"KUBERNETES_SERVICE_PORT", "443"},
         {"GATEHOUSE_KUBE_API", "https://[::1]:6443"},
         {"GATEHOUSE_KUBE_TOKEN_FILE", "t"},
         {"GATEHOUSE_KUBE_CA_FILE", "c"}}
    ));
    ASSERT_TRUE(found);
    EXPECT_EQ(found.value(), (api_access{"::1", 6443, "t", "c"}));
}

struct bad_access {
    std::string name;
    variables values;
    std::string error;
};

class BadApiAccess : public testing::TestWithParam<bad_access> {};

TEST_P(BadApiAccess, IsTold) {
    const auto found = find_api_server(holding(GetParam().values));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().detail(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BadApiAccess,
    testing::Values(
        bad_access{
            "NoPod",
            {},
            "this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; "
            "GATEHOUSE_KUBE_API names the API server elsewhere"},
        bad_access{
            "PortOfAnotherKind",
            {{"KUBERNETES_SERVICE_HOST", "a"}, {"KUBERNETES_SERVICE_PORT", "tcp://x"}},
            "KUBERNETES_SERVICE_PORT: \"tcp://x\" is no port"},
        bad_access{
            "PlainHttp",
            {{"GATEHOUSE_KUBE_API", "http://127.0.0.1:8001"}},
            "GATEHOUSE_KUBE_API: \"http://127.0.0.1:8001\" is not https://HOST:PORT"},
        bad_access{
            "WithAPath",
            {{"GATEHOUSE_KUBE_API", "https://127.0.0.1:8001/x"}},
            "GATEHOUSE_KUBE_API: \"https://127.0.0.1:8001/x\" is not https://HOST:PORT"}
    ),
    testing_support::case_name()
);

TEST(ApiCredentials, AreReadWithoutTheLineEnd) {
    const testing_support::temp_dir files;
    const std::string authority = testing_support::make_authority("a").certificate;
    const api_access at{"h", 1, files.write("token", "abc\n"), files.write("ca.crt", authority)};
    const auto found = read_api_credentials(at);
    ASSERT_TRUE(found);
    EXPECT_EQ(found.value().token.reveal(), "abc");
    EXPECT_EQ(found.value().authorities, authority);
}

TEST(ApiCredentials, NameTheFileThatIsWrong) {
    const testing_support::temp_dir files;
    const std::string ca = files.write("ca.crt", testing_support::make_authority("a").certificate);
    for (const char* text : {"", "\n", "a b", "a\r\nX-Evil: 1"}) {
        const std::string token = files.write("token", text);
        const auto found = read_api_credentials({"h", 1, token, ca});
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().detail(), token + ": holds no token");
    }
    const auto found = read_api_credentials({"h", 1, files / "none", ca});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().detail(), files / "none" + ": No such file or directory");
}

/// Else whoever has a certificate by any authority of the system would be given the token.
TEST(ApiCredentials, NeedAnAuthority) {
    const testing_support::temp_dir files;
    const std::string token = files.write("token", "abc");
    for (const char* text : {"", "\n", "no PEM"}) {
        const std::string ca = files.write("ca.crt", text);
        const auto found = read_api_credentials({"h", 1, token, ca});
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().detail(), ca + ": no certificate in PEM found");
    }
}

} // namespace
} // namespace gatehouse::server
