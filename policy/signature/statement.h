#pragma once
// in-toto statements (Statement v0.1 and v1, in-toto/attestation) of one type: that an image is signed, as
// cosign writes it since 3.0 (signature-formats 3.4). Attestations of whatever else never pass for
// one. What a statement says counts only for the bytes that a signature covers. Pure, any thread.

#include "policy/image/digest.h"
#include "policy/signature/claim.h"

#include <string_view>

namespace gatehouse::policy {

/// The payload type of envelopes that hold statements.
inline constexpr std::string_view in_toto_payload_type = "application/vnd.in-toto+json";

/// That the image with this digest is signed. Error: malformed: it says something else, in words that
/// stand behind "could not be used: ".
[[nodiscard]] result<image_claim> read_statement(std::string_view payload, const digest& image);

} // namespace gatehouse::policy
