#pragma once
// Sigstore bundles v0.1 to v0.3 (sigstore/protobuf-specs, JSON mapping; signature-formats 3.3), as far
// as signatures with keys need them: content, and what kind of material is named. Log entries and
// timestamps are counted and not read. Nothing in a bundle is evidence by itself. Pure, any thread.

#include "policy/result.h"
#include "policy/signature/dsse.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace gatehouse::policy {

enum class bundle_material : std::uint8_t { public_key, certificate };

struct message_signature {
    /// What the bundle says was signed; unauthenticated, so it can only contradict.
    struct message_digest {
        std::string algorithm; ///< "SHA2_256"
        std::string bytes;     ///< decoded
    };
    std::optional<message_digest> digest;
    std::string signature; ///< decoded
};

struct signature_bundle {
    bundle_material material = bundle_material::public_key;
    std::variant<dsse_envelope, message_signature> content;
};

/// Error: malformed, in words that stand behind "could not be used: ".
[[nodiscard]] result<signature_bundle> parse_bundle(std::string_view text);

} // namespace gatehouse::policy
