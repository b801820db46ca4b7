#pragma once
// The payload of cosign's and podman's "simple signing" (signature-formats 1.3; containers/image,
// "Container signature format"): JSON with `critical` and `optional`. What a payload says counts only
// for the bytes that a signature covers. Pure and safe on any thread.

#include "policy/image/digest.h"
#include "policy/signature/claim.h"

#include <string_view>

namespace gatehouse::policy {

/// That the image with this digest is signed. Error: malformed: it says something else, in words that
/// stand behind "could not be used: ".
[[nodiscard]] result<image_claim> read_simple_signing(
    std::string_view payload,
    const digest& image
);

} // namespace gatehouse::policy
