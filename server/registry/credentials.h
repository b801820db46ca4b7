#pragma once
// Credentials for registries as docker-config files hold them, and which of them are for an image, in the
// kubelet's order. Used by the registry client and by whoever loads the files; pure, opens nothing.
//
// Two layouts: {"auths": {KEY: ENTRY}} (kubernetes.io/dockerconfigjson) and the bare {KEY: ENTRY}
// (kubernetes.io/dockercfg). ENTRY: username and password, auth (base64 of "user:password"), identitytoken,
// registrytoken. KEY: [scheme://]host[:port][/path]; a leading /v1/ or /v2/ of the path is not part of it;
// host labels may be globs.

#include "policy/result.h"
#include "server/registry/secret.h"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

struct credential {
    std::string host; ///< of the key, in lower case, with the port unless 443; globs allowed
    std::string path; ///< of the key: "/team", or empty
    std::string user;
    secret password;
    secret identity_token; ///< buys tokens
    secret registry_token; ///< is one
    std::string file;      ///< where it came from, for messages

    [[nodiscard]] bool has_password() const noexcept { return !user.empty() || !password.empty(); }
    /// Tells credentials apart without showing them.
    [[nodiscard]] std::string hash() const;
};

/// The entries of one file of at most 1 MiB, in the order of its keys, most specific first. Entries that hold
/// nothing (a credentials helper has it) are left out. Error: malformed or too_large; says which entry,
/// never what is in it.
[[nodiscard]] policy::result<std::vector<credential>> parse_docker_config(
    std::string_view text,
    std::string_view file
);

/// Every credential for an image name (canonical registry/repository), in the order given; the kubelet tries
/// them one after the other. docker.io, index.docker.io and registry-1.docker.io are one.
[[nodiscard]] std::vector<credential> matching_credentials(
    const std::vector<credential>& from,
    std::string_view name
);

} // namespace gatehouse::server
