#pragma once
// The Link header by which a registry says where its list goes on (RFC 8288; OCI distribution specification,
// "Listing Referrers"). Pure.

#include "server/http_message.h"

#include <optional>
#include <string>

namespace gatehouse::server {

/// The target of the first link with rel="next", relative or absolute, as it stands.
[[nodiscard]] std::optional<std::string> next_page(const http_response& answer);

} // namespace gatehouse::server
