#include "policy/evidence.h"

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

const image_evidence* evidence::of(std::string_view image) const noexcept {
    const auto at = std::ranges::find(images, image, &image_evidence::image);
    return at == images.end() ? nullptr : &*at;
}

} // namespace gatehouse::policy
