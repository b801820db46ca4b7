#pragma once
// Certificates made while a test runs: a small authority and leaves by it, as PEM.

#include "server/clock.h"

#include <string>

namespace gatehouse::testing_support {

struct test_pair {
    std::string certificate; ///< PEM
    std::string key;         ///< PEM
};

struct leaf_options {
    std::string usage = "serverAuth"; ///< extended key usage
    std::chrono::hours valid_for{24}; ///< from now on; negative = expired that long ago
    std::string names = "DNS:localhost,IP:127.0.0.1"; ///< as OpenSSL writes them
};

/// A self-signed authority, valid from a day ago; ended so long ago where the time is negative.
[[nodiscard]] test_pair make_authority(
    const std::string& name,
    std::chrono::hours valid_for = std::chrono::hours(24)
);

/// A leaf by that authority.
[[nodiscard]] test_pair make_leaf(
    const test_pair& authority,
    server::wall_time now,
    const leaf_options& how = {}
);

/// An ECDSA P-256 key as PEM, encrypted with a passphrase.
[[nodiscard]] std::string make_encrypted_key();

} // namespace gatehouse::testing_support
