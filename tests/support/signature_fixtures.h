#pragma once
// The signed images of tests/data/signatures as the bytes that a registry holds of them (made by the
// script there with cosign 2.6, cosign 3.1 and openssl). Read once; throws where the data is not whole.

#include "policy/image/digest.h"
#include "policy/signature/candidate.h"
#include "policy/signature/public_key.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

struct fixture_repository {
    std::string signed_by;                        ///< name of a key; empty: by none
    std::map<std::string, std::string> tags;      ///< to digests; "1.0" is the image
    std::map<std::string, std::string> manifests; ///< digest to media type
    std::vector<std::string> blobs;               ///< digests
};

/// By name: "team/cosign2-p256", "team/unsigned".
[[nodiscard]] const std::map<std::string, fixture_repository>& fixture_repositories();

/// The exact bytes of a manifest or blob.
[[nodiscard]] std::string fixture_content(std::string_view digest);

/// A public key: "p256", "stranger".
[[nodiscard]] std::string fixture_key_pem(std::string_view name);
[[nodiscard]] std::shared_ptr<const policy::public_key> fixture_key(std::string_view name);
/// All but "stranger".
[[nodiscard]] const std::vector<std::string>& fixture_key_names();

/// The digest of image 1.0.
[[nodiscard]] policy::digest fixture_image(const std::string& repository);

/// The digest of the first referrer of image 1.0, a manifest with a bundle.
[[nodiscard]] std::string fixture_referrer(const std::string& repository);

/// What lies beside image 1.0, under its .sig tag and under its fallback tag.
[[nodiscard]] std::vector<policy::signature_candidate> fixture_candidates(
    const std::string& repository
);

} // namespace gatehouse::testing_support
