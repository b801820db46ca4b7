#pragma once
// SHA-256 of text in memory, for fingerprints of what was read. OpenSSL's; pure and safe on any
// thread.

#include <string>
#include <string_view>

namespace gatehouse::policy {

/// 64 lower-case hex digits.
[[nodiscard]] std::string sha256_hex(std::string_view text);

} // namespace gatehouse::policy
