#include "server/self_signed.h"

#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace gatehouse::server {
namespace {

constexpr std::chrono::days lifetime{365};
// Clocks of callers may be a little behind ours.
constexpr std::chrono::minutes backdating{5};

void must(bool is_done) {
    if (!is_done) {
        throw std::runtime_error("self-signed certificate: " + take_openssl_error());
    }
}

void set_serial(X509* certificate) {
    std::array<unsigned char, 8> bytes{};
    must(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    std::uint64_t number = 0;
    for (const unsigned char byte : bytes) {
        number = (number << 8) | byte;
    }
    // RFC 5280 4.1.2.2: positive
    must(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), (number >> 1) | 1) == 1);
}

void add_extension(X509* certificate, int what, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const extension_ptr extension(X509V3_EXT_conf_nid(nullptr, &context, what, value));
    must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void set_time(ASN1_TIME* to, wall_time when) {
    must(ASN1_TIME_set(to, std::chrono::system_clock::to_time_t(when)) != nullptr);
}

std::string pem_of(X509* certificate) {
    const bio_ptr out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_X509(out.get(), certificate) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(EVP_PKEY* key) {
    const bio_ptr out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

} // namespace

tls_material make_self_signed(wall_time now) {
    const key_ptr key(EVP_EC_gen("P-256"));
    must(key != nullptr);
    const certificate_ptr owner(X509_new());
    X509* certificate = owner.get();
    must(certificate != nullptr && X509_set_version(certificate, X509_VERSION_3) == 1);
    set_serial(certificate);
    set_time(X509_getm_notBefore(certificate), now - backdating);
    set_time(X509_getm_notAfter(certificate), now + lifetime);
    must(X509_set_pubkey(certificate, key.get()) == 1);
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* common_name = reinterpret_cast<const unsigned char*>("localhost");
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1);
    must(X509_set_issuer_name(certificate, name) == 1);
    // It is its own anchor: a caller that trusts exactly this certificate may verify it strictly.
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, NID_key_usage, "critical,digitalSignature,keyCertSign");
    add_extension(certificate, NID_ext_key_usage, "serverAuth");
    add_extension(certificate, NID_subject_key_identifier, "hash");
    add_extension(certificate, NID_authority_key_identifier, "keyid");
    add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    must(X509_sign(certificate, key.get(), EVP_sha256()) > 0);
    return {
        .certificate = {.name = "self-signed certificate", .text = pem_of(certificate)},
        .key = {.name = "self-signed certificate", .text = pem_of(key.get())},
        .client_ca = std::nullopt,
    };
}

} // namespace gatehouse::server
