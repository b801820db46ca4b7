#pragma once
// Policies with signatures entries and the evidence that satisfies them or does not, as values. Keys are
// made once for the whole run; nothing is really signed, as decide() reads verified facts only.

#include "policy/document/document.h"
#include "policy/evidence.h"
#include "policy/image/aliases.h"
#include "policy/policy_set.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

/// "sha256:" and 64 times this digit.
[[nodiscard]] std::string digest_text(char digit);
[[nodiscard]] policy::digest digest_of(char digit);

/// The one public key of that kind ("P-256", "P-384", "ED25519").
[[nodiscard]] std::shared_ptr<const policy::public_key> test_key(std::string_view kind);

[[nodiscard]] policy::authority signer(std::string name, const std::vector<std::string>& kinds);

/// An entry named `release` for the images of reg.example.
[[nodiscard]] policy::signature_entry entry_of(std::vector<policy::authority> authorities);

/// One that wants the signature of one key, by the signer `kms`.
[[nodiscard]] policy::signature_entry kms();

/// A policy named `p` that denies.
[[nodiscard]] policy::policy_document policy_of(std::vector<policy::signature_entry> entries);

[[nodiscard]] policy::image_patterns patterns(const std::vector<std::string>& texts);

/// One alias of one host.
[[nodiscard]] policy::registry_aliases alias_of(std::string alias, std::string host);

/// That the key of that kind signed the image with this digest.
[[nodiscard]] policy::verified_signature signed_by(std::string_view kind, char digit);

/// One image with what lies beside it: `image` is canonical, the repository its name.
[[nodiscard]] policy::image_evidence evidence_of(
    std::string_view image,
    char digit,
    std::vector<policy::verified_signature> verified
);

/// The spec of a pod whose container `app` has this image, as JSON.
[[nodiscard]] std::string pod_of(const std::string& image);

/// The facts of an evidence's only source.
[[nodiscard]] policy::signature_facts& facts_in(policy::image_evidence& one);

} // namespace gatehouse::testing_support
