#pragma once
// The texts of a configuration that name hosts, each to its canonical spelling. A text that is none
// fails with errc::malformed and words that follow "FIELD: ". Credentials in a URL are refused without
// showing them. Pure; nothing is resolved.

#include "policy/result.h"

#include <string>
#include <string_view>

namespace gatehouse::policy {

/// What is said of a text with a user's name or password in it, and nothing of the text.
inline constexpr std::string_view credentials_problem = "must not hold credentials";

/// host[:port] of a registry, as registry.h spells it.
[[nodiscard]] result<std::string> registry_host(std::string_view text);

/// registry/repository without tag and digest, as reference::name().
[[nodiscard]] result<std::string> repository_name(std::string_view text);

/// "https://host[:port][/path]" or http://, without a slash at its end.
[[nodiscard]] result<std::string> mirror_url(std::string_view text);

/// "http://host:port"; without a port 80 is written out.
[[nodiscard]] result<std::string> proxy_url(std::string_view text);

/// ".suffix", a host, an address, or a range of addresses such as 10.0.0.0/8.
[[nodiscard]] result<std::string> no_proxy_entry(std::string_view text);

} // namespace gatehouse::policy
