#pragma once
// The key that signed some of the seeds, and what it signed; its private half is gone. So a match is either
// one of these or a forgery.

#include "policy/signature/public_key.h"

#include <memory>
#include <string_view>

namespace gatehouse::fuzzing {

/// Of this manifest the seeds speak.
inline constexpr std::string_view seed_manifest = R"({"schemaVersion":2,"layers":[]})";

inline constexpr std::string_view seed_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOUpIUfv797JgMxlnB+e62glakOV4\n"
    "X7hbdjMJv5H/A4c9PP/htMq6c1n4FUzPzschJm0lmJVlzU9rIh4pNPoNrA==\n"
    "-----END PUBLIC KEY-----\n";

/// Over seeds/simple_signing/signed.json.
inline constexpr std::string_view seed_signature =
    "MEYCIQC3Ysa9kHA9R+abcJUVkZ7AwihmFvNCTOP9AfeKjENMRgIhAK76RVPriyeMiw5nxvb1G8oXaYe/Y3d82FekAtKQ/"
    "x8i";

[[nodiscard]] inline std::shared_ptr<const policy::public_key> seed_public_key() {
    return policy::public_key::parse(seed_key, std::nullopt).value();
}

} // namespace gatehouse::fuzzing
