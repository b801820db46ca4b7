#include "server/certificates/certificate_parts.h"

#include "server/time_text.h"

#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <stdexcept>

namespace gatehouse::server {
namespace {

constexpr std::size_t longest_common_name = 64;

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

void set_time(ASN1_TIME* to, wall_time when) {
    must(ASN1_TIME_set(to, std::chrono::system_clock::to_time_t(when)) != nullptr);
}

std::string text_in(BIO* from) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(from, &data);
    return {data, static_cast<std::size_t>(size)};
}

} // namespace

void must(bool is_done) {
    if (!is_done) {
        throw std::runtime_error("making a certificate: " + take_openssl_error());
    }
}

certificate_ptr begin_certificate(EVP_PKEY* key, wall_time from, wall_time until) {
    certificate_ptr made(X509_new());
    must(made != nullptr && X509_set_version(made.get(), X509_VERSION_3) == 1);
    set_serial(made.get());
    set_time(X509_getm_notBefore(made.get()), from);
    set_time(X509_getm_notAfter(made.get()), until);
    must(X509_set_pubkey(made.get(), key) == 1);
    return made;
}

void add_common_name(X509_NAME* to, const std::string& text) {
    if (text.size() <= longest_common_name) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(text.c_str());
        must(X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1);
    }
}

void add_extension(X509* certificate, X509* issuer, int what, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const extension_ptr extension(X509V3_EXT_conf_nid(nullptr, &context, what, value));
    must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

key_ptr new_p256_key() {
    key_ptr key(EVP_EC_gen("P-256"));
    must(key != nullptr);
    return key;
}

std::string pem_of(X509* certificate) {
    const bio_ptr out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_X509(out.get(), certificate) == 1);
    return text_in(out.get());
}

std::string pem_of(EVP_PKEY* key) {
    // Of secure memory where there is some; wiped when it is freed all the same.
    const bio_ptr out(BIO_new(BIO_s_secmem()));
    must(PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_in(out.get());
}

wall_time time_of(const ASN1_TIME* when) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(when, &parts) != 1) {
        return {}; // long past: such a certificate never counts as valid
    }
    return time_within_reach(timegm(&parts));
}

} // namespace gatehouse::server
