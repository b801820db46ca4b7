#pragma once
// The ServerConfiguration document as a value (interface 3), and its strict parser, driven by the same
// kind of field table as policies. Paths in it are not opened here.

#include "policy/document/parse.h"
#include "policy/image/aliases.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::policy {

struct registry_entry {
    std::string host;                 ///< canonical host[:port] (policy/image/registry.h)
    std::vector<std::string> aliases; ///< canonical; other names of the same registry
    std::vector<std::string> mirrors; ///< URLs, tried before the host; https unless plain_http
    std::string ca_file;              ///< empty = the system's
    bool plain_http = false;
    std::vector<std::string> docker_config_files;
};

struct proxy_settings {
    std::string https;                 ///< "http://host:port" that CONNECT is sent to
    std::vector<std::string> no_proxy; ///< ".suffix", "host", "10.0.0.0/8"
};

struct cache_settings {
    std::uint64_t max_bytes = std::uint64_t{64} << 20;
    std::chrono::seconds tag_ttl{60};
    std::chrono::seconds max_stale_tag{3600};
    std::chrono::seconds max_stale{86400};
};

struct layer_limits {
    std::uint64_t layer_bytes = std::uint64_t{512} << 20;
    std::uint64_t image_bytes = std::uint64_t{1} << 30;
};

struct server_configuration {
    std::vector<registry_entry> registries;
    std::vector<std::string> docker_config_files;
    std::string signature_directory; ///< empty = none
    std::optional<proxy_settings> proxy;
    cache_settings cache;
    layer_limits limits;
};

struct parsed_configuration {
    std::optional<server_configuration> configuration; ///< set exactly where there are no errors
    std::vector<diagnostic> errors;
    std::vector<diagnostic> warnings;
};

/// Reads exactly one document.
[[nodiscard]] parsed_configuration parse_server_configuration(const policy_source& source);

/// Of all registries.
[[nodiscard]] registry_aliases aliases_of(const server_configuration& configuration);

} // namespace gatehouse::policy
