#pragma once
// An image with signatures in every format, for tests of policy/signature: start from a good one and
// change one thing.

#include "policy/image/digest.h"
#include "policy/signature/candidate.h"
#include "policy/signature/public_key.h"
#include "tests/support/signing.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::testing_support {

/// The manifest that everything here is about.
[[nodiscard]] std::string signed_manifest();
[[nodiscard]] policy::digest signed_image();

/// The key that a policy would hold; throws where it is refused.
[[nodiscard]] std::shared_ptr<const policy::public_key> public_half(
    const signing_key& key,
    std::optional<policy::hash_algorithm> pinned = std::nullopt
);

/// The payload that cosign writes for signed_image().
[[nodiscard]] nlohmann::json simple_signing_payload();
/// These bytes with a signature over them.
[[nodiscard]] policy::signature_candidate simple_signing(
    const signing_key& key,
    std::string_view payload,
    const signing_options& how = {}
);

/// The statement that cosign 3 writes for signed_image().
[[nodiscard]] nlohmann::json signing_statement();
/// A bundle v0.3 with a DSSE envelope around these bytes.
[[nodiscard]] nlohmann::json envelope_bundle(
    const signing_key& key,
    std::string_view statement,
    const signing_options& how = {}
);
/// A bundle v0.3 with a signature over signed_manifest().
[[nodiscard]] nlohmann::json message_bundle(
    const signing_key& key,
    const signing_options& how = {}
);
[[nodiscard]] policy::signature_candidate as_candidate(const nlohmann::json& bundle);

} // namespace gatehouse::testing_support
