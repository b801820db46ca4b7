#include "policy/evidence.h"

#include "policy/text.h"

#include <algorithm>

namespace gatehouse::policy {

std::string_view name_of(failure_cause cause) noexcept {
    switch (cause) {
    case failure_cause::dns:
        return "dns";
    case failure_cause::connect:
        return "connect";
    case failure_cause::tls_handshake:
        return "tls_handshake";
    case failure_cause::bad_certificate:
        return "bad_certificate";
    case failure_cause::unauthorized:
        return "unauthorized";
    case failure_cause::forbidden:
        return "forbidden";
    case failure_cause::not_found:
        return "not_found";
    case failure_cause::throttled:
        return "throttled";
    case failure_cause::server_error:
        return "server_error";
    case failure_cause::timeout:
        return "timeout";
    case failure_cause::malformed:
        return "malformed";
    case failure_cause::too_large:
        return "too_large";
    case failure_cause::forbidden_address:
        return "forbidden_address";
    case failure_cause::too_many_lookups:
        return "too_many_lookups";
    }
    return "malformed";
}

bool is_outage(failure_cause cause) noexcept {
    switch (cause) {
    case failure_cause::dns:
    case failure_cause::connect:
    case failure_cause::tls_handshake:
    case failure_cause::throttled:
    case failure_cause::server_error:
    case failure_cause::timeout:
        return true;
    case failure_cause::bad_certificate:
    case failure_cause::unauthorized:
    case failure_cause::forbidden:
    case failure_cause::not_found:
    case failure_cause::malformed:
    case failure_cause::too_large:
    case failure_cause::forbidden_address:
    case failure_cause::too_many_lookups:
        return false;
    }
    return false;
}

std::string_view advice_for(const fetch_failure& failure) noexcept {
    if (failure.detail.find("; ") != std::string::npos) {
        return "";
    }
    switch (failure.cause) {
    case failure_cause::dns:
        return "check the name of the registry and the DNS";
    case failure_cause::connect:
        return "check that the registry is up and can be reached";
    case failure_cause::tls_handshake:
        return "a registry without TLS is listed in the ServerConfiguration with plainHTTP: true";
    case failure_cause::not_found:
        return "check the name, and whether credentials are needed";
    case failure_cause::throttled:
    case failure_cause::server_error:
    case failure_cause::timeout:
    case failure_cause::too_many_lookups:
        return "try again";
    case failure_cause::bad_certificate: // these say it
    case failure_cause::unauthorized:
    case failure_cause::forbidden:
    case failure_cause::forbidden_address:
    case failure_cause::malformed:
    case failure_cause::too_large:
        return "";
    }
    return "";
}

std::string words_of(const fetch_failure& failure) {
    if (failure.detail.empty()) {
        return std::string(name_of(failure.cause)) + "; try again";
    }
    std::string out = printable(failure.detail, 2 * longest_excerpt);
    if (const std::string_view advice = advice_for(failure); !advice.empty()) {
        out.append("; ").append(advice);
    }
    return out;
}

const image_evidence* evidence::of(std::string_view image) const noexcept {
    const auto at = std::ranges::find(images, image, &image_evidence::image);
    return at == images.end() ? nullptr : &*at;
}

} // namespace gatehouse::policy
