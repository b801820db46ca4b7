#include "server/kube/client.h"

#include "tests/support/kube_fixture.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace gatehouse::server {
namespace {

using nlohmann::json;
using testing_support::http_answer;
using testing_support::scripted_server;
using testing_support::secret_path;
using testing_support::temp_dir;

class ApiClient : public testing_support::kube_fixture {
  protected:
    ApiClient() { api_.put(secret_path, {{"kind", "Secret"}}); }
    ~ApiClient() override { end(); }

    [[nodiscard]] api_result ask(api_client& client) { return run(client.get(place_)); }
    [[nodiscard]] std::string failure_of(api_client& client) {
        const api_result answer = ask(client);
        const auto* failure = std::get_if<api_failure>(&answer);
        return failure == nullptr ? "none" : failure->text;
    }

    const kube_place place_{kube_resource::secrets, "gatehouse-system", "gatehouse-certificates"};
    temp_dir own_;
};

TEST_F(ApiClient, ReadsATokenAgainThatWasRefused) {
    EXPECT_TRUE(std::holds_alternative<json>(ask(client_)));
    api_.rotate_token();
    EXPECT_TRUE(std::holds_alternative<json>(ask(client_)));
    EXPECT_EQ(api_.count("GET " + secret_path), 3U);
}

TEST_F(ApiClient, GoesOnWithTheLastCredentialsWhereTheFilesCannotBeRead) {
    api_access at = access();
    at.token_file = own_.write("token", "token-1");
    api_client client(loop_, files_, time_, counts_, at);
    ASSERT_TRUE(std::holds_alternative<json>(ask(client)));
    std::filesystem::remove(at.token_file);
    time_.advance(api_client::token_life);
    EXPECT_TRUE(std::holds_alternative<json>(ask(client)));
}

TEST_F(ApiClient, AsksNobodyBeforeItHasCredentials) {
    api_access at = access();
    at.token_file = own_ / "none";
    api_client client(loop_, files_, time_, counts_, at);
    const std::string why = "get of secrets gatehouse-system/gatehouse-certificates: "
                            + at.token_file + ": No such file or directory";
    EXPECT_EQ(failure_of(client), why);
    EXPECT_EQ(api_.requests().size(), 0U);
    static_cast<void>(own_.write("none", "token-1"));
    EXPECT_EQ(failure_of(client), "none");
}

TEST_F(ApiClient, AnAnswerThatIsNoObjectIsAFailure) {
    const auto authority = testing_support::make_authority("rubbish");
    std::string body;
    const scripted_server server(
        [&](const std::string&) { return http_answer("200 OK", body); },
        testing_support::transport::tls,
        testing_support::make_leaf(authority, time_.now())
    );
    api_access at = access();
    at.port = server.port();
    at.ca_file = own_.write("ca.crt", authority.certificate);
    api_client client(loop_, files_, time_, counts_, at);
    const std::string asked = "get of secrets gatehouse-system/gatehouse-certificates: ";
    body = "[]";
    EXPECT_EQ(failure_of(client), asked + "the API server's answer is no object");
    body = "{";
    EXPECT_THAT(
        failure_of(client), testing::StartsWith(asked + "the API server's answer is not JSON")
    );
}

} // namespace
} // namespace gatehouse::server
