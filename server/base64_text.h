#pragma once
// base64 of RFC 4648 section 4, as Kubernetes carries bytes in JSON; reading it is policy's (base64.h). Pure.

#include <string>
#include <string_view>

namespace gatehouse::server {

[[nodiscard]] std::string base64_text(std::string_view bytes);

} // namespace gatehouse::server
