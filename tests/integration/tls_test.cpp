// Who may speak to the server, and in which dialect.

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/test_server.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/review_builder.h"
#include "tests/support/test_certs.h"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

namespace gatehouse::testing_support {
namespace {

server::wall_time now() { return std::chrono::system_clock::now(); }

bool denies_bad_pod(std::uint16_t port, const tls_options& options) {
    const std::string review = review_of(bad_pod());
    tls_connection connection(port, options);
    return response_in(connection.exchange({.body = review}), review).at("allowed") == false;
}

TEST(Tls, ServesTheCertificateThatAClientVerifies) {
    const test_pair ca = make_authority("test CA");
    const test_pair leaf = make_leaf(ca, now());
    const temp_dir files;
    test_server server(
        {"--tls-cert",
         files.write("tls.crt", leaf.certificate),
         "--tls-key",
         files.write("tls.key", leaf.key)}
    );
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        EXPECT_TRUE(
            denies_bad_pod(server.port(), {.ca = ca.certificate, .highest_version = version})
        );
    }
    EXPECT_THROW(
        denies_bad_pod(server.port(), {.ca = make_authority("stranger").certificate}),
        connection_closed
    );
}

TEST(Tls, RefusesWhatIsOlderThanTls12) {
    EXPECT_THROW(
        tls_connection(shared_server().port(), {.highest_version = TLS1_1_VERSION}),
        connection_closed
    );
}

TEST(Tls, ChoosesHttp11WhereHttp2IsOffered) {
    tls_connection connection(shared_server().port(), {.alpn = {"h2", "http/1.1"}});
    EXPECT_EQ(connection.chosen_protocol(), "http/1.1");
    EXPECT_TRUE(denies_bad_pod(shared_server().port(), {.alpn = {}}));
}

TEST(Tls, WithoutFlagsMakesACertificateForLocalhostAndSaysSo) {
    gatehouse_process server({});
    const std::string certificate = tls_connection(server.webhook_port()).peer_certificate();
    EXPECT_TRUE(denies_bad_pod(server.webhook_port(), {.ca = certificate}));
    EXPECT_THAT(server.log(), testing::HasSubstr("self-signed"));
}

TEST(Tls, WithAClientCaNobodyElseIsAnsweredAndProbesStillWork) {
    const test_pair callers = make_authority("callers");
    const test_pair strangers = make_authority("strangers");
    const temp_dir files;
    test_server server({"--client-ca", files.write("callers.pem", callers.certificate)});
    const test_pair own = make_leaf(callers, now(), {.usage = "clientAuth"});
    EXPECT_TRUE(denies_bad_pod(server.port(), {.own = own}));
    EXPECT_THROW(denies_bad_pod(server.port(), {}), connection_closed);
    EXPECT_THROW(
        denies_bad_pod(
            server.port(), {.own = make_leaf(strangers, now(), {.usage = "clientAuth"})}
        ),
        connection_closed
    );
    EXPECT_THROW(
        denies_bad_pod(
            server.port(),
            {.own = make_leaf(
                 callers, now(), {.usage = "clientAuth", .valid_for = std::chrono::hours(-1)}
             )}
        ),
        connection_closed
    );
    EXPECT_EQ(get_ops(server.ops_port(), "/livez").status, 200);
    EXPECT_EQ(get_ops(server.ops_port(), "/readyz").status, 200);
}

} // namespace
} // namespace gatehouse::testing_support
