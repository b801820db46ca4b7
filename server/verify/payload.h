#pragma once
// A verified signature as cosign prints it: the payload of simple signing, whatever format it was signed in.

#include "policy/signature/candidate.h"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace gatehouse::server {

/// `image` stands where the format names none.
[[nodiscard]] nlohmann::ordered_json payload_of(
    const policy::verified_signature& one,
    std::string_view image
);

/// On one line; what is not UTF-8 in it is replaced.
[[nodiscard]] std::string line_of(const nlohmann::ordered_json& value);

} // namespace gatehouse::server
