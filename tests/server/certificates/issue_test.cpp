#include "server/certificates/issue.h"

#include "server/certificates/certificate_parts.h"
#include "server/certificates/examine.h"
#include "server/certificates/pem.h"
#include "tests/support/fake_clock.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing_support::fake_clock;

const std::vector<std::string> names{"gatehouse.system.svc", "gatehouse.system.svc.cluster.local"};

/// Verifies as API servers do: strictly, by exactly this bundle, for this name.
bool is_trusted(
    const std::string& bundle,
    const std::string& leaf,
    const char* name,
    wall_time at
) {
    const std::unique_ptr<X509_STORE, openssl_free<X509_STORE_free>> store(X509_STORE_new());
    const auto authorities = read_certificates({"bundle", bundle});
    for (const certificate_ptr& one : authorities.value()) {
        X509_STORE_add_cert(store.get(), one.get());
    }
    const auto leaves = read_certificates({"leaf", leaf});
    const std::unique_ptr<X509_STORE_CTX, openssl_free<X509_STORE_CTX_free>> context(
        X509_STORE_CTX_new()
    );
    X509_STORE_CTX_init(context.get(), store.get(), leaves.value().front().get(), nullptr);
    X509_VERIFY_PARAM* how = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_time(how, std::chrono::system_clock::to_time_t(at));
    X509_VERIFY_PARAM_set_purpose(how, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set1_host(how, name, 0);
    const bool is_good = X509_verify_cert(context.get()) == 1;
    ERR_clear_error();
    return is_good;
}

TEST(Issue, MakesALeafThatItsAuthorityVouchesFor) {
    const fake_clock time;
    const issued_pair authority = issue_authority(time.now(), 100h);
    const auto leaf = issue_leaf(authority, names, time.now(), 10h);
    ASSERT_TRUE(leaf);
    const auto trusted = [&](const char* name, wall_time at) {
        return is_trusted(authority.certificate, leaf.value().certificate, name, at);
    };
    EXPECT_TRUE(trusted("gatehouse.system.svc", time.now()));
    EXPECT_TRUE(trusted("gatehouse.system.svc.cluster.local", time.now()));
    EXPECT_FALSE(trusted("other.system.svc", time.now()));
    EXPECT_TRUE(trusted("gatehouse.system.svc", time.now() - 4min)); // a clock behind ours
    EXPECT_FALSE(trusted("gatehouse.system.svc", time.now() - 6min));
    EXPECT_TRUE(trusted("gatehouse.system.svc", time.now() + 9h));
    EXPECT_FALSE(trusted("gatehouse.system.svc", time.now() + 11h));
    const issued_pair other = issue_authority(time.now(), 100h);
    EXPECT_FALSE(
        is_trusted(other.certificate, leaf.value().certificate, names[0].c_str(), time.now())
    );
    EXPECT_TRUE(is_trusted(
        other.certificate + authority.certificate,
        leaf.value().certificate,
        names[0].c_str(),
        time.now()
    ));
}

TEST(Issue, MakesAuthoritiesThatPeopleTellApart) {
    const fake_clock time;
    const auto made = read_certificates({"ca", issue_authority(time.now(), 100h).certificate});
    ASSERT_TRUE(made);
    X509* raw = made.value().front().get();
    EXPECT_EQ(X509_get_version(raw), X509_VERSION_3);
    EXPECT_EQ(X509_get_pathlen(raw), 0);
    EXPECT_EQ(X509_get_signature_nid(raw), NID_ecdsa_with_SHA256);
    EXPECT_EQ(X509_get_key_usage(raw), std::uint32_t{KU_KEY_CERT_SIGN | KU_CRL_SIGN});
    const auto again = read_certificates({"ca", issue_authority(time.now(), 100h).certificate});
    EXPECT_NE(
        ASN1_INTEGER_cmp(
            X509_get0_serialNumber(raw), X509_get0_serialNumber(again.value().front().get())
        ),
        0
    );
}

TEST(Issue, NoLeafOutlivesItsAuthority) {
    const fake_clock time;
    const issued_pair authority = issue_authority(time.now(), 5h);
    const auto leaf = issue_leaf(authority, names, time.now(), 10h);
    ASSERT_TRUE(leaf);
    const auto read = read_certificates({"leaf", leaf.value().certificate});
    EXPECT_EQ(time_of(X509_get0_notAfter(read.value().front().get())), time.now() + 5h);
}

TEST(Issue, OfAShortLifeLittleIsInThePast) {
    const fake_clock time;
    const issued_pair authority = issue_authority(time.now(), 60s);
    const auto leaf = issue_leaf(authority, names, time.now(), 60s);
    secret_contents contents{
        leaf.value().certificate,
        leaf.value().key,
        authority.certificate,
        authority.key,
        "",
        "",
        ""};
    const auto found = examine(contents);
    ASSERT_TRUE(found);
    EXPECT_GT(found.value().leaf.due(), time.now() + 35s);
    EXPECT_LT(found.value().leaf.due(), time.now() + 41s);
}

TEST(Issue, RefusesAKeyOfAnotherAuthority) {
    const fake_clock time;
    issued_pair mixed = issue_authority(time.now(), 100h);
    mixed.key = issue_authority(time.now(), 100h).key;
    const auto refused = issue_leaf(mixed, names, time.now(), 10h);
    ASSERT_FALSE(refused);
    EXPECT_EQ(
        refused.error().detail(), "ca.key: the private key does not match the certificate ca.crt"
    );
    EXPECT_FALSE(issue_leaf({"nonsense", mixed.key}, names, time.now(), 10h));
}

} // namespace
} // namespace gatehouse::server
