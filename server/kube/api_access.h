#pragma once
// Where the Kubernetes API server is and who this process is to it, as client-go finds out in a pod: the
// address in the environment, token and CA in the mounted files of the service account, which kubelets
// renew. GATEHOUSE_KUBE_API, _TOKEN_FILE and _CA_FILE name others, for tests and for `gatehouse certs`
// outside a pod.

#include "policy/result.h"
#include "server/options.h"
#include "server/registry/secret.h"

#include <cstdint>
#include <string>

namespace gatehouse::server {

struct api_access {
    std::string host; ///< name or address, without brackets
    std::uint16_t port = 443;
    std::string token_file;
    std::string ca_file;
    bool operator==(const api_access&) const = default;
};

/// Error: malformed, with what is missing or wrong in the environment.
[[nodiscard]] policy::result<api_access> find_api_server(const environment& from);

struct api_credentials {
    secret token;
    std::string authorities; ///< PEM
};

/// Reads both files: blocks on the file system. Errors name the file.
[[nodiscard]] policy::result<api_credentials> read_api_credentials(const api_access& of);

} // namespace gatehouse::server
