#pragma once
// DSSE envelopes (secure-systems-lab/dsse, protocol 1.0.2) with one signature, as Sigstore's bundles hold
// them. The key id in an envelope is nobody's claim and is not read. Pure and safe on any thread.

#include "policy/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace gatehouse::policy {

struct dsse_envelope {
    std::string payload_type;
    std::string payload;   ///< decoded
    std::string signature; ///< decoded
};

/// Error: malformed, in words that stand behind "could not be used: ".
[[nodiscard]] result<dsse_envelope> read_envelope(const nlohmann::json& value);

/// PAE: the bytes that are signed.
[[nodiscard]] std::string pre_authentication_encoding(
    std::string_view payload_type,
    std::string_view payload
);

} // namespace gatehouse::policy
