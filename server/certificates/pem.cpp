#include "server/certificates/pem.h"

#include <fmt/format.h>
#include <openssl/pem.h>

#include <string_view>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;
using policy::result;

error broken(const pem_text& file, std::string_view what) {
    return {errc::malformed, fmt::format("{}: {}", file.name, what)};
}

bio_ptr reader_of(const pem_text& file) {
    return bio_ptr(BIO_new_mem_buf(file.text.data(), static_cast<int>(file.text.size())));
}

/// True when the last read of a PEM file failed because nothing more is in it.
bool is_at_end() {
    const unsigned long last = ERR_peek_last_error();
    return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

} // namespace

result<std::vector<certificate_ptr>> read_certificates(const pem_text& file) {
    std::vector<certificate_ptr> all;
    const bio_ptr from = reader_of(file);
    while (true) {
        certificate_ptr one(PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr));
        if (one) {
            all.push_back(std::move(one));
            continue;
        }
        const bool is_end = is_at_end();
        const std::string why = take_openssl_error();
        if (!is_end) {
            return broken(
                file, fmt::format("certificate {} cannot be read: {}", all.size() + 1, why)
            );
        }
        if (all.empty()) {
            return broken(file, "no certificate in PEM found");
        }
        return all;
    }
}

namespace {

int refuse_passphrase(char*, int, int, void* was_asked) {
    *static_cast<bool*>(was_asked) = true;
    return -1;
}

} // namespace

result<key_ptr> read_key(const pem_text& file) {
    if (file.text.find("PRIVATE KEY-----") == std::string::npos) {
        return broken(file, "no private key in PEM found");
    }
    bool is_encrypted = false;
    key_ptr key(
        PEM_read_bio_PrivateKey(reader_of(file).get(), nullptr, refuse_passphrase, &is_encrypted)
    );
    if (key) {
        return key;
    }
    const std::string why = take_openssl_error();
    if (is_encrypted) {
        return broken(file, "the private key is encrypted; one without a passphrase is needed");
    }
    return broken(file, fmt::format("the private key cannot be read: {}", why));
}

} // namespace gatehouse::server
