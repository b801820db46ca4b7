#pragma once
// The rendered ValidatingWebhookConfiguration that is mounted beside the server: its name and the webhooks that
// the leader registers, without caBundle, which comes from the certificate in force. Read and checked here, so
// that a slip in it is told at the start and not by the API server. Pure.

#include "policy/result.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace gatehouse::server {

struct rendered_registration {
    std::string name;
    nlohmann::json webhooks; ///< a list of objects, each with a name and a clientConfig
};

/// Error: malformed, with what is wrong and, where it is YAML, at which line.
[[nodiscard]] policy::result<rendered_registration> parse_registration(std::string_view text);

} // namespace gatehouse::server
