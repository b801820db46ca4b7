#include "server/certificates/examine.h"

#include "policy/text.h"
#include "server/certificates/certificate_parts.h"
#include "server/certificates/pem.h"
#include "server/tls_context.h"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <optional>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;
using policy::result;

constexpr std::size_t most_authorities = 8;
constexpr std::size_t most_names = 100;

using names_ptr = std::unique_ptr<GENERAL_NAMES, openssl_free<GENERAL_NAMES_free>>;

std::string subject_of(const X509* certificate) {
    std::array<char, 256> text{};
    X509_NAME_oneline(
        X509_get_subject_name(certificate), text.data(), static_cast<int>(text.size())
    );
    std::string_view shown(text.data());
    if (shown.starts_with("/CN=")) {
        shown.remove_prefix(4);
    }
    return policy::printable(shown);
}

certificate_facts facts_of(const X509* certificate) {
    return {
        subject_of(certificate),
        time_of(X509_get0_notBefore(certificate)),
        time_of(X509_get0_notAfter(certificate))};
}

std::vector<std::string> names_of(const X509* certificate) {
    std::vector<std::string> out;
    const names_ptr names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)
    ));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()) && out.size() < most_names; ++i) {
        const GENERAL_NAME* one = sk_GENERAL_NAME_value(names.get(), i);
        if (one->type == GEN_DNS) {
            const unsigned char* bytes = ASN1_STRING_get0_data(one->d.dNSName);
            const auto size = static_cast<std::size_t>(ASN1_STRING_length(one->d.dNSName));
            out.push_back(
                policy::printable(std::string_view(reinterpret_cast<const char*>(bytes), size))
            );
        }
    }
    return out;
}

bool is_pair(X509* certificate, EVP_PKEY* key) {
    const bool is_good = X509_check_private_key(certificate, key) == 1;
    ERR_clear_error();
    return is_good;
}

bool has_issued(X509* authority, X509* leaf) {
    const bool is_good = X509_check_issued(authority, leaf) == X509_V_OK
                         && X509_verify(leaf, X509_get0_pubkey(authority)) == 1;
    ERR_clear_error();
    return is_good;
}

/// The newest that issued it.
std::optional<std::size_t> issuer_in(const std::vector<certificate_ptr>& authorities, X509* leaf) {
    for (std::size_t i = authorities.size(); i > 0; --i) {
        if (has_issued(authorities[i - 1].get(), leaf)) {
            return i - 1;
        }
    }
    return std::nullopt;
}

error broken(std::string text) { return {errc::malformed, std::move(text)}; }

} // namespace

std::string_view name_of(rotation_phase phase) noexcept {
    switch (phase) {
    case rotation_phase::at_rest:
        return "steady";
    case rotation_phase::published:
        return "published";
    case rotation_phase::switched:
        return "switched";
    }
    return "unknown";
}

result<examined_contents> examine(const secret_contents& contents) {
    ERR_clear_error();
    GATEHOUSE_TRY(const auto leaves, read_certificates({"tls.crt", contents.leaf}));
    GATEHOUSE_TRY(const key_ptr leaf_key, read_key({"tls.key", contents.leaf_key.reveal()}));
    GATEHOUSE_TRY(const auto authorities, read_certificates({"ca.crt", contents.bundle}));
    GATEHOUSE_TRY(const key_ptr own_key, read_key({"ca.key", contents.authority_key.reveal()}));
    if (authorities.size() > most_authorities) {
        return broken(fmt::format("ca.crt: more than {} certificates", most_authorities));
    }
    X509* leaf = leaves.front().get();
    if (!is_pair(leaf, leaf_key.get())) {
        return broken("tls.key: the private key does not match the certificate tls.crt");
    }
    if (!is_pair(authorities.back().get(), own_key.get())) {
        return broken("ca.key: the private key does not match the last certificate of ca.crt");
    }
    const auto issuer = issuer_in(authorities, leaf);
    if (!issuer) {
        return broken("tls.crt: issued by none of the authorities in ca.crt");
    }
    const made_tls_context served = make_tls_context(
        {.certificate = {"tls.crt", contents.leaf},
         .key = {"tls.key", contents.leaf_key.reveal()},
         .client_ca = std::nullopt}
    );
    if (!served.context) {
        return broken(served.errors.front());
    }
    examined_contents out;
    for (const certificate_ptr& one : authorities) {
        out.authorities.push_back(facts_of(one.get()));
    }
    out.issuer = *issuer;
    out.leaf = facts_of(leaf);
    out.names = names_of(leaf);
    return out;
}

} // namespace gatehouse::server
