#pragma once
// Where the API of a repository is: its registry's host, or a mirror of ServerConfiguration. Made from one
// immutable snapshot of settings; pure.

#include "policy/document/server_configuration.h"
#include "server/registry/credentials.h"
#include "server/registry/url.h"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

/// What the client knows of registries: the configuration and the parsed files that it names.
struct registry_settings {
    policy::server_configuration configuration;
    /// Of each entry of configuration.registries, in its order.
    std::vector<std::vector<credential>> registry_credentials;
    std::vector<credential> credentials; ///< of configuration.docker_config_files
};

struct endpoint {
    url base;                ///< target: "/v2", or a mirror's path that holds the API
    std::string repository;  ///< below the base: "team/app"
    std::string registry;    ///< for http_request.registry: the entry's host; empty = not listed
    bool plain_http = false; ///< the configuration allows it
    std::vector<credential> credentials; ///< to try, in order
    std::vector<std::string> listed;     ///< hosts of all entries: for realms and redirects

    /// For messages: "reg.example:5000".
    [[nodiscard]] std::string name() const { return base.authority(); }
    /// http_request.registry of a connection to `to`: this registry's for its own host name whatever the
    /// port, another entry's where one lists it, else empty.
    [[nodiscard]] std::string rights_at(const url& to) const;
};

/// Mirrors first, then the host, for a canonical registry/repository; aliases are folded into their host.
/// A mirror's path stands before the repository as in an image name ("https://m.example/hub" has
/// m.example/hub/team/app), unless it has a segment "v2": then it is the API's path as it stands.
[[nodiscard]] std::vector<endpoint> endpoints_of(
    const registry_settings& settings,
    std::string_view name
);

} // namespace gatehouse::server
