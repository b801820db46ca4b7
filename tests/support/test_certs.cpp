#include "tests/support/test_certs.h"

#include "server/openssl.h"

#include <openssl/pem.h>

#include <stdexcept>

namespace gatehouse::testing_support {
namespace {

using server::bio_ptr;
using server::certificate_ptr;
using server::extension_ptr;
using server::key_ptr;
using server::wall_time;

void must(bool is_done) {
    if (!is_done) {
        throw std::runtime_error("test certificate: " + server::take_openssl_error());
    }
}

template <class Write>
std::string pem(Write write) {
    const bio_ptr out(BIO_new(BIO_s_mem()));
    must(write(out.get()) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

key_ptr new_key() {
    key_ptr key(EVP_EC_gen("P-256"));
    must(key != nullptr);
    return key;
}

std::string pem_of(EVP_PKEY* key, const EVP_CIPHER* cipher = nullptr) {
    return pem([&](BIO* out) {
        const auto* phrase = reinterpret_cast<const unsigned char*>("secret");
        return PEM_write_bio_PrivateKey(out, key, cipher, phrase, 6, nullptr, nullptr);
    });
}

struct draft {
    certificate_ptr certificate{X509_new()};
    key_ptr key = new_key();
};

draft begin(const std::string& name, wall_time from, wall_time until) {
    static int serial = 0;
    draft made;
    X509* raw = made.certificate.get();
    must(X509_set_version(raw, X509_VERSION_3) == 1);
    must(ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial) == 1);
    ASN1_TIME_set(X509_getm_notBefore(raw), std::chrono::system_clock::to_time_t(from));
    ASN1_TIME_set(X509_getm_notAfter(raw), std::chrono::system_clock::to_time_t(until));
    must(X509_set_pubkey(raw, made.key.get()) == 1);
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME* subject = X509_get_subject_name(raw);
    must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1);
    return made;
}

void extend(X509* to, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, to, to, nullptr, nullptr, 0);
    const extension_ptr made(X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
    must(made != nullptr && X509_add_ext(to, made.get(), -1) == 1);
}

test_pair finish(const draft& made, const X509_NAME* issuer, EVP_PKEY* by) {
    X509* raw = made.certificate.get();
    must(X509_set_issuer_name(raw, issuer) == 1 && X509_sign(raw, by, EVP_sha256()) > 0);
    return {pem([&](BIO* out) { return PEM_write_bio_X509(out, raw); }), pem_of(made.key.get())};
}

} // namespace

test_pair make_authority(const std::string& name, std::chrono::hours valid_for) {
    const wall_time now = std::chrono::system_clock::now();
    const draft made = begin(name, now - std::chrono::hours(24), now + valid_for);
    extend(made.certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(made.certificate.get(), NID_key_usage, "critical,keyCertSign");
    return finish(made, X509_get_subject_name(made.certificate.get()), made.key.get());
}

test_pair make_leaf(const test_pair& authority, wall_time now, const leaf_options& how) {
    const bio_ptr certificate(BIO_new_mem_buf(authority.certificate.c_str(), -1));
    const bio_ptr key(BIO_new_mem_buf(authority.key.c_str(), -1));
    const certificate_ptr issuer(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
    const key_ptr by(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
    must(issuer != nullptr && by != nullptr);
    const draft made = begin("leaf", now - std::chrono::hours(1000), now + how.valid_for);
    extend(made.certificate.get(), NID_subject_alt_name, how.names);
    extend(made.certificate.get(), NID_ext_key_usage, how.usage);
    return finish(made, X509_get_subject_name(issuer.get()), by.get());
}

std::string make_encrypted_key() { return pem_of(new_key().get(), EVP_aes_128_cbc()); }

} // namespace gatehouse::testing_support
