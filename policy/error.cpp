#include "policy/error.h"

namespace gatehouse::policy {

std::string_view name_of(errc code) noexcept {
    switch (code) {
    case errc::malformed:
        return "malformed";
    case errc::too_large:
        return "too_large";
    case errc::not_found:
        return "not_found";
    case errc::unauthorized:
        return "unauthorized";
    case errc::unavailable:
        return "unavailable";
    case errc::timeout:
        return "timeout";
    case errc::canceled:
        return "canceled";
    case errc::internal:
        return "internal";
    }
    return "internal";
}

} // namespace gatehouse::policy
