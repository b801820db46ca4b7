#include "server/tls_context.h"

#include "server/self_signed.h"
#include "tests/support/case_name.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test_certs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <memory>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using testing_support::make_authority;
using testing_support::make_leaf;
using testing_support::test_pair;

wall_time today() { return std::chrono::system_clock::now(); }

/// Certificates are slow to make: one set for all tests.
struct pki {
    test_pair authority = make_authority("ca");
    test_pair leaf = make_leaf(authority, today());
    test_pair other = make_leaf(authority, today());
    test_pair caller = make_leaf(authority, today(), {.usage = "clientAuth"});
    test_pair strangers = make_authority("strangers");
    test_pair stranger = make_leaf(strangers, today(), {.usage = "clientAuth"});
};

const pki& made() {
    static const pki all;
    return all;
}

tls_material material(const std::string& certificate, const std::string& key) {
    return {{"tls.crt", certificate}, {"tls.key", key}, std::nullopt};
}

using ssl_ptr = std::unique_ptr<SSL, openssl_free<SSL_free>>;

/// A client and a server that talk through memory.
struct conversation {
    ssl_context_ptr client_context{SSL_CTX_new(TLS_client_method())};
    ssl_ptr client;
    ssl_ptr server;

    explicit conversation(const tls_context& with) : server(SSL_new(with.native())) {
        SSL_CTX_set_security_level(client_context.get(), 0); // offers what the server must refuse
        SSL_CTX_set_verify(client_context.get(), SSL_VERIFY_NONE, nullptr);
    }

    void trust(const std::string& pem) const {
        const bio_ptr from(BIO_new_mem_buf(pem.c_str(), -1));
        const certificate_ptr anchor(PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr));
        X509_STORE_add_cert(SSL_CTX_get_cert_store(client_context.get()), anchor.get());
        SSL_CTX_set_verify(client_context.get(), SSL_VERIFY_PEER, nullptr);
    }

    void present(const test_pair& pair) const {
        const bio_ptr certificate(BIO_new_mem_buf(pair.certificate.c_str(), -1));
        const bio_ptr key(BIO_new_mem_buf(pair.key.c_str(), -1));
        const certificate_ptr leaf(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
        const key_ptr secret(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
        SSL_CTX_use_certificate(client_context.get(), leaf.get());
        SSL_CTX_use_PrivateKey(client_context.get(), secret.get());
    }

    /// True when both sides agree that the handshake is done.
    bool shake_hands(const char* host = nullptr) {
        client.reset(SSL_new(client_context.get()));
        if (host != nullptr) {
            X509_VERIFY_PARAM_set_flags(SSL_get0_param(client.get()), X509_V_FLAG_X509_STRICT);
            SSL_set1_host(client.get(), host);
        }
        BIO* ends[2] = {};
        BIO_new_bio_pair(&ends[0], 0, &ends[1], 0);
        SSL_set_bio(client.get(), ends[0], ends[0]);
        SSL_set_bio(server.get(), ends[1], ends[1]);
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server.get());
        bool is_done = false;
        for (int round = 0; round < 10 && !is_done; ++round) {
            const bool is_client_done = SSL_do_handshake(client.get()) == 1;
            is_done = SSL_do_handshake(server.get()) == 1 && is_client_done;
        }
        ERR_clear_error();
        return is_done;
    }
};

TEST(TlsContext, ServesOverBothVersions) {
    const auto context =
        make_tls_context(material(made().leaf.certificate, made().leaf.key)).context;
    ASSERT_NE(context, nullptr);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        conversation talk(*context);
        talk.trust(made().authority.certificate);
        SSL_CTX_set_max_proto_version(talk.client_context.get(), version);
        EXPECT_TRUE(talk.shake_hands()) << version;
        EXPECT_EQ(SSL_version(talk.client.get()), version);
    }
}

TEST(TlsContext, RefusesOlderVersions) {
    const auto context =
        make_tls_context(material(made().leaf.certificate, made().leaf.key)).context;
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        conversation talk(*context);
        SSL_CTX_set_min_proto_version(talk.client_context.get(), version);
        SSL_CTX_set_max_proto_version(talk.client_context.get(), version);
        EXPECT_FALSE(talk.shake_hands()) << version;
    }
}

TEST(TlsContext, RefusesCiphersWithoutForwardSecrecyOrAead) {
    const auto context =
        make_tls_context(material(made().leaf.certificate, made().leaf.key)).context;
    for (const char* cipher : {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"}) {
        conversation talk(*context);
        SSL_CTX_set_max_proto_version(talk.client_context.get(), TLS1_2_VERSION);
        SSL_CTX_set_cipher_list(talk.client_context.get(), cipher);
        EXPECT_FALSE(talk.shake_hands()) << cipher;
    }
}

TEST(TlsContext, SendsNoTicketAndResumesNothing) {
    const auto context =
        make_tls_context(material(made().leaf.certificate, made().leaf.key)).context;
    conversation first(*context);
    ASSERT_TRUE(first.shake_hands());
    char byte = 0;
    EXPECT_EQ(SSL_read(first.client.get(), &byte, 1), -1); // where a TLS 1.3 ticket would be read
    EXPECT_EQ(SSL_SESSION_has_ticket(SSL_get0_session(first.client.get())), 0);
    EXPECT_NE(SSL_get_options(first.server.get()) & SSL_OP_NO_RENEGOTIATION, 0U);
}

struct alpn_case {
    std::string name;
    std::string offered; ///< wire format
    bool is_accepted;
};

class TlsContextAlpn : public testing::TestWithParam<alpn_case> {};

TEST_P(TlsContextAlpn, ChoosesHttp11OrNothing) {
    const auto context =
        make_tls_context(material(made().leaf.certificate, made().leaf.key)).context;
    conversation talk(*context);
    const std::string& offered = GetParam().offered;
    SSL_CTX_set_alpn_protos(
        talk.client_context.get(),
        reinterpret_cast<const unsigned char*>(offered.data()),
        static_cast<unsigned>(offered.size())
    );
    ASSERT_EQ(talk.shake_hands(), GetParam().is_accepted);
    if (GetParam().is_accepted) {
        const unsigned char* chosen = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(talk.client.get(), &chosen, &size);
        EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
    }
}

INSTANTIATE_TEST_SUITE_P(
    TlsContext,
    TlsContextAlpn,
    testing::Values(
        alpn_case{"Http11", "\x08http/1.1", true},
        alpn_case{"Http2First", "\x02h2\x08http/1.1", true},
        alpn_case{"Http2Alone", "\x02h2", false},
        alpn_case{"SomethingLonger", "\x09http/1.10", false}
    ),
    testing_support::case_name()
);

TEST(TlsContext, DemandsACertificateByTheClientCa) {
    tls_material from = material(made().leaf.certificate, made().leaf.key);
    from.client_ca =
        pem_text{"ca.pem", made().strangers.certificate + made().authority.certificate};
    const auto context = make_tls_context(from).context;
    ASSERT_NE(context, nullptr);
    conversation caller(*context);
    caller.present(made().caller);
    EXPECT_TRUE(caller.shake_hands());
    conversation nobody(*context);
    EXPECT_FALSE(nobody.shake_hands());
    conversation wrong_usage(*context);
    wrong_usage.present(made().other);
    EXPECT_FALSE(wrong_usage.shake_hands());
}

TEST(TlsContext, RefusesACallerByAnotherCa) {
    tls_material from = material(made().leaf.certificate, made().leaf.key);
    from.client_ca = pem_text{"ca.pem", made().authority.certificate};
    conversation stranger(*make_tls_context(from).context);
    stranger.present(made().stranger);
    EXPECT_FALSE(stranger.shake_hands());
}

TEST(TlsContext, SendsTheWholeChain) {
    const auto context =
        make_tls_context(
            material(made().leaf.certificate + made().authority.certificate, made().leaf.key)
        )
            .context;
    conversation talk(*context);
    ASSERT_TRUE(talk.shake_hands());
    EXPECT_EQ(sk_X509_num(SSL_get_peer_cert_chain(talk.client.get())), 2);
}

TEST(TlsContext, KnowsWhenTheLeafEnds) {
    const wall_time now = std::chrono::floor<std::chrono::seconds>(today());
    const test_pair leaf = make_leaf(made().authority, now, {.valid_for = std::chrono::hours(48)});
    const auto context = make_tls_context(material(leaf.certificate, leaf.key)).context;
    EXPECT_EQ(context->not_after(), now + std::chrono::hours(48));
    EXPECT_EQ(context->not_before(), now - std::chrono::hours(1000));
}

TEST(TlsContext, TellsEveryErrorWithItsFile) {
    tls_material from = material("nothing", "nothing");
    from.client_ca = pem_text{"ca.pem", ""};
    const made_tls_context none = make_tls_context(from);
    EXPECT_EQ(none.context, nullptr);
    EXPECT_THAT(
        none.errors,
        ElementsAre(
            "tls.crt: no certificate in PEM found",
            "tls.key: no private key in PEM found",
            "ca.pem: no certificate in PEM found"
        )
    );
}

TEST(TlsContext, RefusesAnothersKey) {
    EXPECT_THAT(
        make_tls_context(material(made().leaf.certificate, made().other.key)).errors,
        ElementsAre("tls.key: the private key does not match the certificate tls.crt")
    );
}

TEST(TlsContext, RefusesAnEncryptedKey) {
    EXPECT_THAT(
        make_tls_context(material(made().leaf.certificate, testing_support::make_encrypted_key()))
            .errors,
        ElementsAre("tls.key: the private key is encrypted; one without a passphrase is needed")
    );
}

TEST(TlsContext, RefusesBrokenPem) {
    const std::string broken = "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n";
    EXPECT_THAT(
        make_tls_context(material(broken, made().leaf.key)).errors,
        ElementsAre(testing::StartsWith("tls.crt: certificate 1 cannot be read: "))
    );
    EXPECT_THAT(
        make_tls_context(material(made().leaf.certificate + broken, made().leaf.key)).errors,
        ElementsAre(testing::StartsWith("tls.crt: certificate 2 cannot be read: "))
    );
    const std::string key = "-----BEGIN PRIVATE KEY-----\nbroken\n-----END PRIVATE KEY-----\n";
    EXPECT_THAT(
        make_tls_context(material(made().leaf.certificate, key)).errors,
        ElementsAre(testing::StartsWith("tls.key: the private key cannot be read: "))
    );
}

TEST(SelfSigned, IsTrustedByWhoeverTrustsIt) {
    const tls_material own = make_self_signed(today());
    const auto context = make_tls_context(own).context;
    ASSERT_NE(context, nullptr);
    for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
        conversation talk(*context);
        talk.trust(own.certificate.text);
        const bool is_address = std::string_view(host) != "localhost";
        EXPECT_TRUE(talk.shake_hands(is_address ? nullptr : host)) << host;
        X509* leaf = SSL_get0_peer_certificate(talk.client.get());
        EXPECT_EQ(
            is_address ? X509_check_ip_asc(leaf, host, 0)
                       : X509_check_host(leaf, host, 0, 0, nullptr),
            1
        ) << host;
    }
}

TEST(SelfSigned, IsValidForAYear) {
    const wall_time now = testing_support::fake_clock().now();
    const auto context = make_tls_context(make_self_signed(now)).context;
    EXPECT_EQ(context->not_after(), now + std::chrono::days(365));
    EXPECT_EQ(context->not_before(), now - std::chrono::minutes(5));
}

TEST(SelfSigned, IsNewEachTime) {
    EXPECT_NE(make_self_signed(today()).key.text, make_self_signed(today()).key.text);
}

} // namespace
} // namespace gatehouse::server
