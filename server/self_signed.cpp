#include "server/self_signed.h"

#include "server/certificates/certificate_parts.h"

namespace gatehouse::server {
namespace {

constexpr std::chrono::days lifetime{365};
// Clocks of callers may be a little behind ours.
constexpr std::chrono::minutes backdating{5};

} // namespace

tls_material make_self_signed(wall_time now) {
    const key_ptr key = new_p256_key();
    const certificate_ptr made = begin_certificate(key.get(), now - backdating, now + lifetime);
    X509* raw = made.get();
    add_common_name(X509_get_subject_name(raw), "localhost");
    must(X509_set_issuer_name(raw, X509_get_subject_name(raw)) == 1);
    // It is its own anchor: a caller that trusts exactly this certificate may verify it strictly.
    add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(raw, raw, NID_key_usage, "critical,digitalSignature,keyCertSign");
    add_extension(raw, raw, NID_ext_key_usage, "serverAuth");
    add_extension(raw, raw, NID_subject_key_identifier, "hash");
    add_extension(raw, raw, NID_authority_key_identifier, "keyid");
    add_extension(raw, raw, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    must(X509_sign(raw, key.get(), EVP_sha256()) > 0);
    return {
        .certificate = {.name = "self-signed certificate", .text = pem_of(raw)},
        .key = {.name = "self-signed certificate", .text = pem_of(key.get())},
        .client_ca = std::nullopt,
    };
}

} // namespace gatehouse::server
