#include "server/certificates/issue.h"

#include "server/certificates/certificate_parts.h"
#include "server/certificates/pem.h"
#include "server/time_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::server {
namespace {

// Clocks of API servers may be a little behind ours.
constexpr std::chrono::seconds most_backdating{300};

/// A small part of a short life, so that two thirds of it are never over at its beginning.
wall_time beginning(wall_time now, std::chrono::seconds lives) {
    return now - std::min(most_backdating, lives / 20);
}

std::string san_of(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        out += (out.empty() ? "DNS:" : ",DNS:") + name;
    }
    return out;
}

} // namespace

issued_pair issue_authority(wall_time now, std::chrono::seconds lives) {
    const key_ptr key = new_p256_key();
    const certificate_ptr made = begin_certificate(key.get(), beginning(now, lives), now + lives);
    X509* raw = made.get();
    // Two authorities are in force during a rotation: people tell them apart by when they were made.
    add_common_name(X509_get_subject_name(raw), fmt::format("Gatehouse CA {}", utc_text(now)));
    must(X509_set_issuer_name(raw, X509_get_subject_name(raw)) == 1);
    add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(raw, raw, NID_subject_key_identifier, "hash");
    must(X509_sign(raw, key.get(), EVP_sha256()) > 0);
    return {pem_of(raw), secret(pem_of(key.get()))};
}

policy::result<issued_pair> issue_leaf(
    const issued_pair& authority,
    const std::vector<std::string>& names,
    wall_time now,
    std::chrono::seconds lives
) {
    GATEHOUSE_TRY(const auto issuers, read_certificates({"ca.crt", authority.certificate}));
    GATEHOUSE_TRY(const key_ptr issuer_key, read_key({"ca.key", authority.key.reveal()}));
    X509* issuer = issuers.back().get();
    if (X509_check_private_key(issuer, issuer_key.get()) != 1) {
        ERR_clear_error();
        return policy::error(
            policy::errc::malformed, "ca.key: the private key does not match the certificate ca.crt"
        );
    }
    const key_ptr key = new_p256_key();
    const wall_time end = std::min(now + lives, time_of(X509_get0_notAfter(issuer)));
    const certificate_ptr made = begin_certificate(key.get(), beginning(now, lives), end);
    X509* raw = made.get();
    add_common_name(X509_get_subject_name(raw), names.front());
    must(X509_set_issuer_name(raw, X509_get_subject_name(issuer)) == 1);
    add_extension(raw, issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(raw, issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(raw, issuer, NID_ext_key_usage, "serverAuth");
    add_extension(raw, issuer, NID_subject_key_identifier, "hash");
    add_extension(raw, issuer, NID_authority_key_identifier, "keyid:always");
    add_extension(raw, issuer, NID_subject_alt_name, san_of(names).c_str());
    must(X509_sign(raw, issuer_key.get(), EVP_sha256()) > 0);
    return issued_pair{pem_of(raw), secret(pem_of(key.get()))};
}

} // namespace gatehouse::server
