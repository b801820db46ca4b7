// Which certificates the client trusts, and what it says of the others.
#include "server/http_client.h"
#include "tests/support/http_client_fixture.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_certs.h"

#include <gmock/gmock.h>

#include <chrono>
#include <optional>
#include <string>

namespace gatehouse::server {
namespace {

using policy::failure_cause;
using policy::fetch_failure;
using testing::ElementsAre;
using testing_support::http_answer;
using testing_support::http_client_fixture;
using testing_support::scripted_server;
using testing_support::test_pair;
using testing_support::transport;

using namespace std::chrono_literals;

class HttpClientTls : public http_client_fixture {
  protected:
    const test_pair authority_ = testing_support::make_authority("registry CA");

    static std::optional<std::string> hello(const std::string&) {
        return http_answer("200 OK", "hello");
    }
    void trust(const std::string& pem) {
        client_.use({.authorities = {{"reg.example", pem}}, .proxy = std::nullopt});
    }
};

TEST_F(HttpClientTls, TrustsTheAuthorityOfItsRegistry) {
    const test_pair leaf = testing_support::make_leaf(authority_, time_.now());
    const scripted_server server(hello, transport::tls, leaf);
    trust(authority_.certificate);
    EXPECT_EQ(answer_to(get(server.port(), url_scheme::https)).body, "hello");
    EXPECT_EQ(answer_to(get(server.port(), url_scheme::https)).body, "hello");
    EXPECT_EQ(server.connections(), 1U);
}

TEST_F(HttpClientTls, RefusesAnUnknownAuthority) {
    const test_pair leaf = testing_support::make_leaf(authority_, time_.now());
    const scripted_server server(hello, transport::tls, leaf);
    const fetch_failure failure = failure_of(get(server.port(), url_scheme::https));
    EXPECT_EQ(failure.cause, failure_cause::bad_certificate);
    EXPECT_EQ(
        failure.detail,
        "the certificate of 127.0.0.1 is not to be trusted: unable to get local issuer "
        "certificate; "
        "name its CA in caFile of the registry's entry if it is a private one"
    );
}

TEST_F(HttpClientTls, RefusesAnExpiredCertificate) {
    const test_pair leaf =
        testing_support::make_leaf(authority_, time_.now(), {.valid_for = std::chrono::hours(-1)});
    const scripted_server server(hello, transport::tls, leaf);
    trust(authority_.certificate);
    const fetch_failure failure = failure_of(get(server.port(), url_scheme::https));
    EXPECT_EQ(failure.cause, failure_cause::bad_certificate);
    EXPECT_EQ(
        failure.detail,
        "the certificate of 127.0.0.1 is not to be trusted: certificate has expired; the registry "
        "needs another one"
    );
}

TEST_F(HttpClientTls, RefusesACertificateOfAnotherName) {
    // For localhost and 127.0.0.1 only, and 127.0.0.2 is this machine too.
    const test_pair leaf = testing_support::make_leaf(authority_, time_.now());
    const scripted_server server(hello, transport::tls, leaf, "127.0.0.2");
    trust(authority_.certificate);
    http_request request = get(server.port(), url_scheme::https);
    request.host = "127.0.0.2";
    const fetch_failure failure = failure_of(request);
    EXPECT_EQ(failure.cause, failure_cause::bad_certificate);
    EXPECT_EQ(
        failure.detail,
        "the certificate of 127.0.0.2 is not to be trusted: IP address mismatch; name the registry "
        "as its certificate does"
    );
}

TEST_F(HttpClientTls, NamesTheHostInItsHandshakeButNoAddress) {
    const test_pair leaf = testing_support::make_leaf(authority_, time_.now());
    const scripted_server server(hello, transport::tls, leaf);
    trust(authority_.certificate);
    for (const std::string host : {"localhost", "127.0.0.1"}) {
        http_request request = get(server.port(), url_scheme::https);
        request.host = host;
        EXPECT_EQ(answer_to(request).body, "hello");
    }
    EXPECT_THAT(server.server_names(), ElementsAre("localhost", ""));
}

TEST_F(HttpClientTls, TellsAServerWithoutTls) {
    const scripted_server server(
        [](const std::string&) { return http_answer("200 OK", ""); }, transport::plain
    );
    // It waits for the end of a head that never comes.
    const fetch_failure failure = failure_of(get(server.port(), url_scheme::https), 300ms);
    EXPECT_EQ(failure.cause, failure_cause::timeout);
}

} // namespace
} // namespace gatehouse::server
