#pragma once
// The one way from a candidate to a verified signature (signature-formats 1 to 3). Pure; takes tens of
// microseconds a key, so it runs where bytes arrive, never while a review is decided. An answer is a match,
// or no match of this key (others may be tried), or a defect of the candidate whatever the key.

#include "policy/signature/candidate.h"

#include <cstdint>
#include <optional>
#include <string>

namespace gatehouse::policy {

enum class signature_answer : std::uint8_t { match, no_match, malformed };

struct signature_outcome {
    signature_answer answer = signature_answer::malformed;
    std::optional<verified_signature> fact; ///< exactly for a match
    /// Otherwise: which defect, printable and bounded, to stand behind "could not be used: ".
    std::string reason;
};

/// A match says: this key signed a statement that the image with this digest is signed.
[[nodiscard]] signature_outcome verify(
    const signature_candidate& candidate,
    const public_key& key,
    const digest& image
);

} // namespace gatehouse::policy
