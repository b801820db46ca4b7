#include "server/tls_context.h"

#include "policy/result.h"
#include "server/certificates/certificate_parts.h"

#include <fmt/format.h>
#include <openssl/pem.h>

#include <ctime>
#include <stdexcept>
#include <string_view>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;
using policy::result;

// AES-128 first, by our preference: the record cipher is a large part of what a request costs. A client that
// puts ChaCha20 first, having no AES instructions, gets it.
constexpr const char* tls13_ciphers =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* tls12_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* key_exchange_groups = "X25519:P-256:P-384";

error broken(const pem_text& file, std::string_view what) {
    return {errc::malformed, fmt::format("{}: {}", file.name, what)};
}

int choose_http11(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered, unsigned int offered_size, void*) {
    constexpr std::string_view wanted = "http/1.1";
    std::string_view rest(reinterpret_cast<const char*>(offered), offered_size);
    while (!rest.empty()) {
        const std::size_t size = static_cast<unsigned char>(rest.front());
        const std::string_view name = rest.substr(1, size);
        if (name == wanted) {
            *chosen = offered + (offered_size - rest.size()) + 1;
            *chosen_size = static_cast<unsigned char>(size);
            return SSL_TLSEXT_ERR_OK;
        }
        rest.remove_prefix(std::min(rest.size(), size + 1));
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL; // RFC 7301 section 3.2
}

ssl_context_ptr new_server_context() {
    ssl_context_ptr context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* raw = context.get();
    if (raw == nullptr || SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1
        || SSL_CTX_set_cipher_list(raw, tls12_ciphers) != 1
        || SSL_CTX_set_ciphersuites(raw, tls13_ciphers) != 1
        || SSL_CTX_set1_groups_list(raw, key_exchange_groups) != 1
        || SSL_CTX_set_num_tickets(raw, 0) != 1) {
        throw std::runtime_error("OpenSSL: " + take_openssl_error());
    }
    SSL_CTX_set_options(
        raw,
        SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
            | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA
    );
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(raw, choose_http11, nullptr);
    return context;
}

result<void> demand_client_certificate(SSL_CTX* context, const pem_text& file) {
    GATEHOUSE_TRY(const auto authorities, read_certificates(file));
    for (const certificate_ptr& one : authorities) {
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one.get()) != 1
            || SSL_CTX_add_client_CA(context, one.get()) != 1) {
            return broken(file, take_openssl_error());
        }
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return policy::success();
}

result<void> put_certificates(
    SSL_CTX* context,
    const pem_text& file,
    const std::vector<certificate_ptr>& chain
) {
    bool is_good = SSL_CTX_use_certificate(context, chain.front().get()) == 1;
    for (std::size_t i = 1; is_good && i < chain.size(); ++i) {
        is_good = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
    }
    if (!is_good) {
        return broken(file, fmt::format("not usable: {}", take_openssl_error()));
    }
    return policy::success();
}

/// The pair goes into the context only as a whole.
result<void> put_key(SSL_CTX* context, const tls_material& from, const key_ptr& key, X509* leaf) {
    if (X509_check_private_key(leaf, key.get()) != 1) {
        ERR_clear_error();
        return broken(
            from.key,
            fmt::format("the private key does not match the certificate {}", from.certificate.name)
        );
    }
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
        return broken(from.key, fmt::format("not usable: {}", take_openssl_error()));
    }
    return policy::success();
}

template <class T>
void note(std::vector<std::string>& errors, const result<T>& outcome) {
    if (!outcome) {
        errors.push_back(outcome.error().detail());
    }
}

} // namespace

made_tls_context make_tls_context(const tls_material& from) {
    ERR_clear_error();
    made_tls_context made;
    ssl_context_ptr context = new_server_context();
    const auto chain = read_certificates(from.certificate);
    note(made.errors, chain);
    const auto key = read_key(from.key);
    note(made.errors, key);
    if (chain) {
        note(made.errors, put_certificates(context.get(), from.certificate, chain.value()));
    }
    if (chain && key) {
        X509* leaf = chain.value().front().get();
        note(made.errors, put_key(context.get(), from, key.value(), leaf));
    }
    if (from.client_ca) {
        note(made.errors, demand_client_certificate(context.get(), *from.client_ca));
    }
    if (made.errors.empty()) {
        const X509* leaf = chain.value().front().get();
        made.context = std::make_shared<const tls_context>(
            std::move(context),
            time_of(X509_get0_notBefore(leaf)),
            time_of(X509_get0_notAfter(leaf))
        );
    }
    return made;
}

} // namespace gatehouse::server
