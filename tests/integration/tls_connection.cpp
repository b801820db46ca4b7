#include "tests/integration/tls_connection.h"

#include "server/openssl.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace gatehouse::testing_support {
namespace {

using server::bio_ptr;
using server::certificate_ptr;
using server::key_ptr;
using server::ssl_context_ptr;
using server::ssl_ptr;

bio_ptr reading(const std::string& pem) {
    return bio_ptr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

certificate_ptr certificate_of(const std::string& pem) {
    return certificate_ptr(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr));
}

void offer_protocols(SSL_CTX* context, const std::vector<std::string>& names) {
    std::vector<unsigned char> wire;
    for (const std::string& name : names) {
        wire.push_back(static_cast<unsigned char>(name.size()));
        wire.insert(wire.end(), name.begin(), name.end());
    }
    SSL_CTX_set_alpn_protos(context, wire.data(), static_cast<unsigned>(wire.size()));
}

ssl_context_ptr context_for(const tls_options& options) {
    ssl_context_ptr context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_max_proto_version(context.get(), options.highest_version);
    if (!options.ca.empty()) {
        const bio_ptr bundle = reading(options.ca);
        for (;;) {
            const certificate_ptr one(PEM_read_bio_X509(bundle.get(), nullptr, nullptr, nullptr));
            if (!one) {
                break;
            }
            X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), one.get());
        }
        ERR_clear_error();
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    }
    if (!options.own.certificate.empty()) {
        const key_ptr key(
            PEM_read_bio_PrivateKey(reading(options.own.key).get(), nullptr, nullptr, nullptr)
        );
        SSL_CTX_use_certificate(context.get(), certificate_of(options.own.certificate).get());
        SSL_CTX_use_PrivateKey(context.get(), key.get());
    }
    if (!options.alpn.empty()) {
        offer_protocols(context.get(), options.alpn);
    }
    return context;
}

int connected(std::uint16_t port) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        close(descriptor);
        throw connection_closed("connection refused");
    }
    return descriptor;
}

} // namespace

struct tls_connection::parts {
    ssl_context_ptr context;
    ssl_ptr session;
    int descriptor = -1;

    ~parts() {
        session.reset();
        if (descriptor >= 0) {
            close(descriptor);
        }
    }
};

tls_connection::tls_connection(std::uint16_t port, const tls_options& options)
    : parts_(std::make_unique<parts>()) {
    // A peer that closes while we write is told by the write's error.
    signal(SIGPIPE, SIG_IGN);
    parts_->context = context_for(options);
    parts_->descriptor = connected(port);
    parts_->session.reset(SSL_new(parts_->context.get()));
    SSL* session = parts_->session.get();
    SSL_set_fd(session, parts_->descriptor);
    std::string name = "localhost";
    // What SSL_set_tlsext_host_name() does, without its old-style cast.
    SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    if (!options.ca.empty()) {
        SSL_set1_host(session, "localhost");
    }
    if (SSL_connect(session) != 1) {
        throw connection_closed("TLS handshake failed");
    }
}

tls_connection::~tls_connection() = default;

void tls_connection::send(std::string_view bytes) {
    constexpr std::size_t piece = 1 << 20; // SSL_write takes an int
    while (!bytes.empty()) {
        const int count = static_cast<int>(std::min(bytes.size(), piece));
        const int sent = SSL_write(parts_->session.get(), bytes.data(), count);
        if (sent <= 0) {
            throw connection_closed("closed while we sent");
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void tls_connection::read_some(std::chrono::milliseconds limit) {
    constexpr long thousand = 1000;
    const timeval wait{
        .tv_sec = limit.count() / thousand,
        .tv_usec = std::max(1L, limit.count() % thousand * thousand)};
    setsockopt(parts_->descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    std::array<char, 16384> buffer{};
    SSL* session = parts_->session.get();
    const int got = SSL_read(session, buffer.data(), static_cast<int>(buffer.size()));
    if (got > 0) {
        pending_.append(buffer.data(), static_cast<std::size_t>(got));
        return;
    }
    if (SSL_get_error(session, got) == SSL_ERROR_WANT_READ) {
        throw receive_timeout("no answer within the limit");
    }
    throw connection_closed("closed while we waited for an answer");
}

http_response tls_connection::receive(std::chrono::milliseconds limit) {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    std::size_t end = 0;
    while ((end = pending_.find(end_of_head)) == std::string::npos) {
        read_some(limit);
    }
    http_response out = parse_head(std::string_view(pending_).substr(0, end));
    pending_.erase(0, end + end_of_head.size());
    if (out.status == 100) {
        return receive(limit);
    }
    const std::string length = out.field("content-length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (pending_.size() < size) {
        read_some(limit);
    }
    out.body = pending_.substr(0, size);
    pending_.erase(0, size);
    return out;
}

bool tls_connection::ends_within(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    try {
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                end - std::chrono::steady_clock::now()
            );
            if (left.count() <= 0) {
                return false;
            }
            read_some(left);
            pending_.clear();
        }
    } catch (const receive_timeout&) {
        return false;
    } catch (const connection_closed&) {
        return true;
    }
}

void tls_connection::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(parts_->descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    parts_ = std::make_unique<parts>();
}

std::string tls_connection::peer_certificate() const {
    const certificate_ptr certificate(SSL_get1_peer_certificate(parts_->session.get()));
    const bio_ptr out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate.get());
    std::string pem(BIO_ctrl_pending(out.get()), '\0');
    BIO_read(out.get(), pem.data(), static_cast<int>(pem.size()));
    return pem;
}

std::string tls_connection::chosen_protocol() const {
    const unsigned char* data = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(parts_->session.get(), &data, &size);
    return {reinterpret_cast<const char*>(data), size};
}

} // namespace gatehouse::testing_support
